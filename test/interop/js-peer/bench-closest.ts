import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import * as Digest from 'multiformats/hashes/digest'
import { print } from '../../../bench/peer/print.ts'
import { addPeers, startNode, tableOf } from './node.ts'

const PEERS = 1_000
const KEYS = 1_000
const WARM_UP_MS = 300
const RUN_MS = 2_000
const SHA2_256 = 0x12

/** How often a second the 20 nearest of random keys are found in a table that 1,000 peers were offered to. */
export async function benchClosest(): Promise<void> {
  const node = await startNode({ protocol: '/ipfs/kad/1.0.0', isClient: true })
  const dir = mkdtempSync(join(tmpdir(), 'js-peer-'))
  const file = join(dir, 'peers.jsonl')
  const lines = Array.from({ length: PEERS }, () =>
    JSON.stringify({ id: randomId(), addrs: ['/ip4/127.0.0.1/tcp/4001'] }),
  )
  writeFileSync(file, lines.join('\n'))
  await addPeers(node, file).finally(() => rmSync(dir, { recursive: true }))
  const table = tableOf(node)
  const keys = Array.from({ length: KEYS }, () => new Uint8Array(randomBytes(32)))
  runFor(WARM_UP_MS, table, keys)
  print({ ops_per_s: Math.round(runFor(RUN_MS, table, keys)), table: table.size })
  await node.stop()
}

/** Operations a second. */
function runFor(ms: number, table: ReturnType<typeof tableOf>, keys: readonly Uint8Array[]): number {
  const startedMs = performance.now()
  let done = 0
  while (performance.now() - startedMs < ms) {
    table.closestPeers(keys[done % keys.length] ?? new Uint8Array(32))
    done++
  }
  return (done * 1000) / (performance.now() - startedMs)
}

function randomId(): string {
  return peerIdFromMultihash(Digest.create(SHA2_256, randomBytes(32))).toString()
}
