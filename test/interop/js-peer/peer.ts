// js-libp2p's own DHT, @libp2p/kad-dht, behind the command line of docs/bench.md: one JSON line a result.
import { Command } from 'commander'
import { endWithin, print } from '../../../bench/peer/print.ts'
import { benchClosest } from './bench-closest.ts'
import { type Ops, runLookups, runOps } from './client.ts'
import { addPeers, startClient, startNode, tableOf } from './node.ts'

const SERVER_LIMIT_S = 6 * 3600
const CLIENT_LIMIT_S = 3600
const OPS_LIMIT_S = 300
const PROTOCOL = '/ipfs/kad/1.0.0'

const program = new Command('js-peer').showHelpAfterError()

program
  .command('server')
  .description('a full server node on 127.0.0.1; ends on SIGTERM')
  .option('--port <port>', 'TCP port, 0 for any', Number, 0)
  .option('--peers <file>', 'JSON lines {"id","addrs"}: put into the routing table as they are')
  .option('--protocol <id>', 'protocol id', PROTOCOL)
  .action(serve)

program
  .command('client')
  .description('looks up keys, one after the other')
  .requiredOption('--bootstrap <addresses>', 'multiaddrs with /p2p/<id>, separated by commas', split)
  .requiredOption('--keys <file>', 'lines of hexadecimal bytes; the target is their sha256')
  .option('--op <name>', 'what to do with each', 'closest')
  .option('--protocol <id>', 'protocol id', PROTOCOL)
  .action(async (options: { bootstrap: string[]; keys: string; protocol: string }) => {
    endWithin(CLIENT_LIMIT_S)
    const node = await startClient(options.protocol, options.bootstrap)
    await runLookups(node, options.keys)
    await node.stop()
  })

program
  .command('ops')
  .description('puts, gets, finds a peer, provides and finds providers, in this order')
  .requiredOption('--bootstrap <addresses>', 'multiaddrs with /p2p/<id>, separated by commas', split)
  .option('--put <key-and-value...>', 'a record key and its value in hexadecimal')
  .option('--get <key>', 'a record key')
  .option('--find-peer <id>', 'a peer id')
  .option('--provide <key>', 'a multihash in hexadecimal')
  .option('--find-providers <key>', 'a multihash in hexadecimal')
  .option('--protocol <id>', 'protocol id', PROTOCOL)
  .action(async ({ bootstrap, protocol, ...ops }: Ops & { bootstrap: string[]; protocol: string }) => {
    endWithin(OPS_LIMIT_S)
    const node = await startClient(protocol, bootstrap)
    await runOps(node, ops)
    await node.stop()
  })

program
  .command('bench-closest')
  .description('how fast the 20 nearest of a key are found in the routing table')
  .action(benchClosest)

async function serve(options: { port: number; peers?: string; protocol: string }): Promise<void> {
  endWithin(SERVER_LIMIT_S)
  const asked = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => asked.resolve())
  const node = await startNode({ ...options, isClient: false })
  if (options.peers !== undefined) await addPeers(node, options.peers)
  print({
    ready: true,
    impl: 'js',
    peerId: node.peerId.toString(),
    addr: String(node.getMultiaddrs()[0]),
    pid: process.pid,
    table: tableOf(node).size,
  })
  await asked.promise
  await node.stop()
}

function split(text: string): string[] {
  return text.split(',')
}

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
