// Kadscope's node behind the command line that every implementation it is measured against has. One JSON line a result.
import { Command, InvalidArgumentError, Option } from 'commander'
import { benchClosest } from './peer/bench-closest.ts'
import { runLookups, startBenchClient } from './peer/client.ts'
import { type Ops, runOps } from './peer/ops.ts'
import { endWithin, print } from './peer/print.ts'
import { readPeers, startBenchServer } from './peer/server.ts'

const SERVER_LIMIT_S = 6 * 3600
const CLIENT_LIMIT_S = 3600
const OPS_LIMIT_S = 300

const protocolOption = () => new Option('--protocol <id>', 'protocol id').default('/ipfs/kad/1.0.0')
const bootstrapOption = () =>
  new Option('--bootstrap <addresses>', 'multiaddrs with /p2p/<id>, separated by commas')
    .argParser((text) => text.split(',').filter((part) => part !== ''))
    .makeOptionMandatory()

interface ServerArguments {
  port: number
  peers?: string
  protocol: string
  store: 'memory' | 'sqlite'
  home?: string
  rateLimit: boolean
}

const program = new Command('peer')
  .description('A Kadscope node for measuring, on loopback only.')
  .showHelpAfterError()

program
  .command('server')
  .description('a full server node on 127.0.0.1; ends on SIGTERM')
  .requiredOption('--port <port>', 'TCP port, 0 for any', toPort)
  .option('--peers <file>', 'JSON lines {"id","addrs"}: put into the routing table as they are')
  .addOption(protocolOption())
  .addOption(
    new Option('--store <kind>', 'where records are kept').choices(['memory', 'sqlite']).default('memory'),
  )
  .option('--home <dir>', 'folder of the profile; default: one that is removed at the end')
  .option('--no-rate-limit', 'lift the limits of requests by peer')
  .action(serve)

program
  .command('client')
  .description('looks up keys, one after the other')
  .addOption(bootstrapOption())
  .requiredOption('--keys <file>', 'lines of hexadecimal bytes; the target is their sha256')
  .addOption(new Option('--op <name>', 'what to do with each').choices(['closest']).default('closest'))
  .addOption(protocolOption())
  .action(async (options: { bootstrap: string[]; keys: string; protocol: string }) => {
    endWithin(CLIENT_LIMIT_S)
    const node = await startBenchClient(options.protocol, options.bootstrap)
    await runLookups(node, options.keys).finally(() => node.stop())
  })

program
  .command('ops')
  .description('puts, gets, provides and finds providers, in this order')
  .addOption(bootstrapOption())
  .option('--put <key-and-value...>', 'a record key and its value in hexadecimal')
  .option('--get <key>', 'a record key')
  .option('--provide <key>', 'a multihash in hexadecimal')
  .option('--find-providers <key>', 'a multihash in hexadecimal')
  .addOption(protocolOption())
  .action(async ({ bootstrap, protocol, ...ops }: Ops & { bootstrap: string[]; protocol: string }) => {
    endWithin(OPS_LIMIT_S)
    const node = await startBenchClient(protocol, bootstrap)
    await runOps(node, ops).finally(() => node.stop())
  })

program
  .command('bench-closest')
  .description('how fast the 20 nearest of a key are found in the routing table')
  .action(benchClosest)

async function serve({ peers, ...options }: ServerArguments): Promise<void> {
  endWithin(SERVER_LIMIT_S)
  const asked = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => asked.resolve())
  const server = await startBenchServer({
    ...options,
    ...(peers !== undefined && { peers: readPeers(peers) }),
  })
  const { libp2p, dht } = server.node
  print({
    ready: true,
    impl: 'kadscope',
    peerId: libp2p.peerId.toString(),
    addr: String(libp2p.getMultiaddrs()[0]),
    pid: process.pid,
    table: dht.getRoutingTableSize(),
  })
  await asked.promise
  const { refusals, values, providers } = await dht.getDiagnostics()
  print({ ended: true, refusals, values: values.entries, providers: providers.entries })
  await server.stop()
}

function toPort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a number from 0 to 65535.')
}

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
