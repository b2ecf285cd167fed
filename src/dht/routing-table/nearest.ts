import { compareDistance, type Key } from '../key.ts'
import type { Peer } from '../peer.ts'
import type { TableEntry } from './table-entry.ts'

/** Distances of what `appendNearest` is appending; kept between calls, so that none allocates. */
let distances = new Uint32Array(32)

/**
 * Appends the peers of `entries` nearest to `target` to `out`, nearest first,
 * until `out` has `count`. The keys of the entries agree in the first
 * `sharedBits`. An insertion sort that keeps only what can still be among the
 * nearest: for the 20 entries of a bucket nothing is quicker. It compares 32
 * bits after the shared ones, and whole keys only when these are the same.
 */
export function appendNearest(
  entries: readonly TableEntry[],
  sharedBits: number,
  target: Key,
  count: number,
  out: Peer[],
): void {
  if (entries.length > distances.length) distances = new Uint32Array(entries.length * 2)
  const start = out.length
  const firstByte = sharedBits >> 3
  const targetWord = wordAt(target, firstByte)
  for (let i = 0; i < entries.length; i++) {
    const { peer } = entries[i] as TableEntry
    const distance = (wordAt(peer.key, firstByte) ^ targetWord) >>> 0
    let at = out.length
    if (at < count) out.push(peer)
    else if (!isNearer(peer, distance, out[--at] as Peer, at - start, target)) continue
    while (at > start && isNearer(peer, distance, out[at - 1] as Peer, at - 1 - start, target)) {
      out[at] = out[at - 1] as Peer
      distances[at - start] = distances[at - 1 - start] as number
      at--
    }
    out[at] = peer
    distances[at - start] = distance
  }
}

/** Whether a peer at `distance` is nearer than the one whose distance stands at `slot`. */
function isNearer(peer: Peer, distance: number, other: Peer, slot: number, target: Key): boolean {
  const otherDistance = distances[slot] as number
  if (distance !== otherDistance) return distance < otherDistance
  return compareDistance(peer.key, other.key, target) < 0
}

/** 32 bits from a byte on; bytes past the end count as 0. */
function wordAt(key: Key, at: number): number {
  return ((key[at] ?? 0) << 24) | ((key[at + 1] ?? 0) << 16) | ((key[at + 2] ?? 0) << 8) | (key[at + 3] ?? 0)
}
