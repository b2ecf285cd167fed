import type { FeedEvent } from '../../shared/feed.ts'
import type { PeerRow } from '../../shared/rows.ts'

export type PeersSlice = ReadonlyMap<string, PeerRow>

export const noPeers: PeersSlice = new Map()

export function reducePeers(peers: PeersSlice, event: FeedEvent): PeersSlice {
  if (event.type === 'snapshot:taken') return new Map(event.snapshot.peers.map((row) => [row.id, row]))
  if (event.type !== 'peers:changed') return peers
  const next = new Map(peers)
  for (const id of event.removed) next.delete(id)
  for (const row of event.changed) next.set(row.id, row)
  return next
}
