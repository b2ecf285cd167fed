import { compareDistance, type Key } from '../key.ts'
import type { Peer } from '../peer.ts'
import type { TableEntry } from './table-entry.ts'

/**
 * Appends the peers of `entries` nearest to `target` to `out`, nearest first,
 * until `out` has `count`. An insertion sort that keeps only what can still be
 * among them: for the 20 entries of a bucket nothing is quicker, and nothing is
 * allocated but what `out` grows by.
 */
export function appendNearest(entries: readonly TableEntry[], target: Key, count: number, out: Peer[]): void {
  const start = out.length
  for (const { peer } of entries) {
    let at = out.length
    while (at > start && isNearer(peer, out[at - 1], target)) at--
    if (at < count) insert(out, at, peer, count)
  }
}

function isNearer(a: Peer, b: Peer | undefined, target: Key): boolean {
  return b === undefined || compareDistance(a.key, b.key, target) < 0
}

function insert(out: Peer[], at: number, peer: Peer, count: number): void {
  if (out.length < count) out.push(peer)
  for (let i = out.length - 1; i > at; i--) out[i] = out[i - 1] as Peer
  out[at] = peer
}
