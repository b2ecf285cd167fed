import { randomBytes } from 'node:crypto'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import * as Digest from 'multiformats/hashes/digest'
import { peerFromId } from '../../src/dht/peer.ts'
import { RoutingTable } from '../../src/dht/routing-table/routing-table.ts'
import { print } from './print.ts'

const PEERS = 1_000
const KEYS = 10_000
const COUNT = 20
const WARM_UP_MS = 300
const RUN_MS = 2_000
const SHA2_256 = 0x12

/** How often a second the 20 nearest of random keys are found in a table that 1,000 peers were offered to. */
export function benchClosest(): void {
  const table = new RoutingTable(randomId(), undefined, { bucketSize: COUNT })
  for (let i = 0; i < PEERS; i++) table.add(peerFromId(randomId()), 'manual', 'live')
  const keys = Array.from({ length: KEYS }, () => new Uint8Array(randomBytes(32)))
  runFor(WARM_UP_MS, table, keys)
  print({ ops_per_s: Math.round(runFor(RUN_MS, table, keys)), table: table.size() })
}

/** Operations a second. */
function runFor(ms: number, table: RoutingTable, keys: readonly Uint8Array[]): number {
  const startedMs = performance.now()
  let done = 0
  while (performance.now() - startedMs < ms) {
    for (const key of keys) table.closest(key, COUNT)
    done += keys.length
  }
  return (done * 1000) / (performance.now() - startedMs)
}

function randomId() {
  return peerIdFromMultihash(Digest.create(SHA2_256, randomBytes(32)))
}
