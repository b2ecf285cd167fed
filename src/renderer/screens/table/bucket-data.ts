import type { PeerRow, PeerState } from '../../../shared/rows.ts'

/** What one bar of the bucket chart shows. */
export interface Bucket extends Record<PeerState, number> {
  /** Common prefix length with this node, bits. */
  cpl: number
  /** Without the replacement cache. */
  seated: number
  /** How many a table in a network of this size holds here; undefined while the size is unknown. */
  expected: number | undefined
}

/**
 * A bar for every prefix length from 0 to the deepest that holds a peer or is
 * expected to hold one, at least `least` of them.
 */
export function bucketsOf(
  peers: Iterable<PeerRow>,
  k: number,
  nodes: number | undefined,
  least = 8,
): Bucket[] {
  const buckets: Bucket[] = []
  const deepest = nodes === undefined ? 0 : Math.ceil(Math.log2(Math.max(2, nodes)))
  for (let cpl = 0; cpl < Math.max(least, deepest); cpl++) buckets.push(emptyBucket(cpl, k, nodes))
  for (const { cpl, state } of peers) {
    while (buckets.length <= cpl) buckets.push(emptyBucket(buckets.length, k, nodes))
    const bucket = buckets[cpl]
    if (bucket === undefined) continue
    bucket[state]++
    if (state !== 'replacement') bucket.seated++
  }
  return buckets
}

/** Peers a bucket holds when every node of the network is offered to it: half the space, a quarter, …, at most k. */
export function expectedIn(cpl: number, k: number, nodes: number): number {
  return Math.min(k, nodes / 2 ** (cpl + 1))
}

function emptyBucket(cpl: number, k: number, nodes: number | undefined): Bucket {
  const expected = nodes === undefined ? undefined : expectedIn(cpl, k, nodes)
  return { cpl, expected, seated: 0, live: 0, unverified: 0, stale: 0, replacement: 0 }
}
