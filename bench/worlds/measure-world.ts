import { keyFromBytes } from '../../src/dht/key.ts'
import { closestPeers } from '../../src/dht/operations/closest-peers.ts'
import type { Peer } from '../../src/dht/peer.ts'
import { simulatedClient } from '../../src/sim/simulated-client.ts'
import { World } from '../../src/sim/world.ts'

const LOOKUPS = 1_000
/** Each of them has its own routing table as the world filled it, and begins without any memory. */
const LOOKUPS_PER_NODE = 10

/** What a world cost, and what its lookups found. */
export interface WorldFigures {
  servers: number
  /** Entries of all routing tables. */
  entries: number
  buildSeconds: number
  lookupSeconds: number
  /** Processor time of both, which says more on a busy machine. */
  cpuSeconds: number
  /** Most the process had resident. */
  peakBytes: number
  bytesPerEntry: number
  meanHops: number
  requestsPerLookup: number
  /** Share of the truly closest 20 that were found, 0 to 1. */
  found: number
}

/** Builds a world with every table filled, and looks 1,000 random keys up in it. */
export async function measureWorld(servers: number): Promise<WorldFigures> {
  const startedMs = performance.now()
  const world = new World({ seed: `worlds ${servers}`, servers })
  const bytesBefore = heapBytes()
  const entries = world.buildTables()
  const builtMs = performance.now()
  const bytesPerEntry = (heapBytes() - bytesBefore) / entries
  const lookupsFromMs = performance.now()
  const lookups = await lookUp(world)
  const { user, system } = process.cpuUsage()
  return {
    servers,
    entries,
    buildSeconds: (builtMs - startedMs) / 1000,
    lookupSeconds: (performance.now() - lookupsFromMs) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    bytesPerEntry,
    ...lookups,
  }
}

async function lookUp(world: World): Promise<Pick<WorldFigures, 'meanHops' | 'requestsPerLookup' | 'found'>> {
  let [hops, requests, found, wanted] = [0, 0, 0, 0]
  for (const peer of world.random.shuffle(world.live.peers).slice(0, LOOKUPS / LOOKUPS_PER_NODE)) {
    const known = Array.from(world.tableOf(peer).entries(), (entry) => entry.peer)
    const client = simulatedClient(world, { known })
    for (let i = 0; i < LOOKUPS_PER_NODE; i++) {
      const key = world.random.bytes(32)
      const { peers, counts } = await world.clock.runUntil(closestPeers(client, key))
      const truth = new Set(world.closestLive(keyFromBytes(key)).map(({ id }: Peer) => id))
      hops += counts.hops
      requests += counts.asked
      found += peers.filter(({ id }) => truth.has(id)).length
      wanted += truth.size
    }
  }
  return { meanHops: hops / LOOKUPS, requestsPerLookup: requests / LOOKUPS, found: found / wanted }
}

/** Live bytes of the heap; needs `--expose-gc`. */
function heapBytes(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
