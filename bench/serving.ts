import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { z } from 'zod'
import { toPeerInfo } from '../src/dht/peer.ts'
import { libp2pOptions } from '../src/main/node/libp2p-options.ts'
import { madeUpPeer } from '../src/sim/made-up-peers.ts'
import { SeededRandom } from '../src/sim/seeded-random.ts'
import { implementations } from '../test/interop/support/implementations.ts'
import { cpuSeconds, Program } from './flood/programs.ts'
import { load, type StreamUse } from './serving/load.ts'

/**
 * npm run bench:serving [-- NAMES]: docs/targets.md P1. CPU time a
 * FIND_NODE request costs the server, over one connection with 16 requests in
 * flight, of every implementation that is built here, one after the other.
 */
const PROTOCOL = '/ipfs/kad/1.0.0'
const WARM_UP = 3_000
const REQUESTS = 20_000
const PEERS = 1_000

const readySchema = z.object({ addr: z.string(), pid: z.number(), table: z.number() })

interface Figures {
  name: string
  table: number
  newStreamUs: number
  reusedStreamUs: number
}

async function measure(
  name: string,
  run: readonly string[],
  peersFile: string,
  switches: readonly string[] = [],
): Promise<Figures> {
  const [command, ...first] = run
  const args = [...first, 'server', '--port', '0', '--peers', peersFile, '--protocol', PROTOCOL, ...switches]
  await using program = new Program(args, command)
  const { addr, pid, table } = readySchema.parse(await program.line())
  const privateKey = await generateKeyPair('Ed25519')
  const client = await createLibp2p(libp2pOptions({ privateKey, listen: [], pingIntervalMs: 0 }))
  try {
    const connection = await client.dial(multiaddr(addr))
    const cost = async (streams: StreamUse) => {
      await load(connection, PROTOCOL, streams, WARM_UP)
      const before = cpuSeconds(pid)
      await load(connection, PROTOCOL, streams, REQUESTS)
      return ((cpuSeconds(pid) - before) * 1_000_000) / REQUESTS
    }
    return { name, table, newStreamUs: await cost('new'), reusedStreamUs: await cost('reused') }
  } finally {
    await client.stop()
  }
}

/** Peers as other implementations take them, a JSON line each. */
function writePeers(folder: string): string {
  const random = new SeededRandom('serving')
  const lines = Array.from({ length: PEERS }, () => {
    const peer = madeUpPeer(random)
    const [address] = toPeerInfo(peer).multiaddrs.map(String)
    const addrs = [
      address,
      address?.replace('/tcp/4001', '/tcp/4002'),
      address?.replace('/tcp/4001', '/tcp/4003'),
    ]
    return JSON.stringify({ id: peer.id, addrs })
  })
  const file = join(folder, 'peers.jsonl')
  writeFileSync(file, lines.join('\n'))
  return file
}

function row({ name, table, newStreamUs, reusedStreamUs }: Figures, base: Figures): string {
  const ratio = (value: number, of: number) => `${(value / of).toFixed(2)} ×`
  const cells = [
    name,
    table,
    newStreamUs.toFixed(0),
    ratio(newStreamUs, base.newStreamUs),
    reusedStreamUs.toFixed(0),
    ratio(reusedStreamUs, base.reusedStreamUs),
  ]
  return `| ${cells.join(' | ')} |`
}

const ours = [process.execPath, join(import.meta.dirname, '..', 'out', 'main', 'peer.js')]
const others = implementations.filter(({ name }) => process.argv.includes(name) || process.argv.length === 2)
const folder = mkdtempSync(join(tmpdir(), 'kadscope-serving-'))
try {
  const peersFile = writePeers(folder)
  const base = await measure('kadscope', ours, peersFile, ['--no-rate-limit'])
  process.stdout.write(
    '| server | table | new stream, CPU µs | ours = 1 | reused stream, CPU µs | ours = 1 |\n|---|---|---|---|---|---|\n',
  )
  process.stdout.write(`${row(base, base)}\n`)
  for (const { title, run } of others) {
    try {
      process.stdout.write(`${row(await measure(title, run, peersFile), base)}\n`)
    } catch (error) {
      process.stdout.write(
        `| ${title} | – | not measured: ${error instanceof Error ? error.message : error} |\n`,
      )
    }
  }
  process.stdout.write(`\nLoad average at the end: ${loadavg()[0]?.toFixed(1)}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
