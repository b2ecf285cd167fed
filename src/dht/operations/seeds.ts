import type { OperationEvent } from '../events.ts'
import type { Key } from '../key.ts'
import type { Peer } from '../peer.ts'
import type { DhtContext } from './context.ts'

/** Where a seed comes from. */
export type SeedSource = Extract<OperationEvent, { type: 'lookup:seeded' }>['seeds'][number]['from']

export interface Seed {
  peer: Peer
  from: SeedSource
}

/**
 * The peers a lookup begins with: the k nearest of the table, and the nearest
 * of those that answered lately. With fewer than k, connected servers
 * are added; with fewer than β, peers of the peer store.
 */
export async function findSeeds(context: DhtContext, target: Key, count: number): Promise<Seed[]> {
  const { table, requests, network, settings } = context
  const seeds = new Map<string, Seed>()
  const add = (peers: readonly Peer[], from: SeedSource) => {
    for (const peer of peers) {
      if (peer.id !== network.self.id && !seeds.has(peer.id)) seeds.set(peer.id, { peer, from })
    }
  }
  add(table.closest(target, count), 'table')
  add(requests.memory.nearest(target, Math.min(count, settings.maxCachedSeeds)), 'cache')
  if (seeds.size < count) add(network.connectedServers(), 'connected')
  if (seeds.size < settings.beta) add(await network.storedPeers(count), 'peer-store')
  return [...seeds.values()]
}
