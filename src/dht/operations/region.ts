import { compareDistance, type Key, keyFromBytes, sharedPrefixLen } from '../key.ts'
import { randomKey } from '../maintenance/bucket-keys.ts'
import type { Peer } from '../peer.ts'
import type { Random } from '../random.ts'
import { closestPeers } from './closest-peers.ts'
import type { DhtContext } from './context.ts'
import type { Operation } from './operation.ts'

/** Random keys whose neighbourhood tells how dense the network is. */
const SAMPLES = 3
/** Parts of a region that are looked up, each by a key of its own: 2 more bits than the region has. */
const PARTS = 4
/** Hashes spent on finding these keys: enough for regions of 1/2¹⁵ of the keyspace, networks of a million. */
const MAX_TRIES = 1 << 18

/**
 * The peers of a key's region, nearest first: everybody with as many bits in
 * common with it as should leave k to 2k peers, and `closest`. However many
 * identities an attacker makes next to the key, honest peers of the region stay
 * in (arXiv 2307.12212, 2505.01139): the region's width follows from the
 * density at random keys, which nobody can foresee, and its parts are looked
 * up apart. Costs seven lookups; they are operations of their own.
 */
export async function regionPeers(
  context: DhtContext,
  { id, target, withSignal }: Operation,
  closest: readonly Peer[],
): Promise<Peer[]> {
  const { random, settings } = context
  const lookUp = async (key: Uint8Array, seeds?: readonly Peer[]) =>
    (await closestPeers(context, key, { parentId: id, ...withSignal, ...(seeds && { seeds }) })).peers
  const sampleKeys = Array.from({ length: SAMPLES }, () => randomKey(random))
  const samples = await Promise.all(sampleKeys.map((key) => lookUp(key)))
  // A sample that falls near the cluster takes the network for larger than it is: the widest region is the safe one.
  const bits = Math.min(
    ...sampleKeys.map((key, i) => regionBits(keyFromBytes(key), samples[i] ?? [], settings.k)),
  )
  // Whom we know nearest to the region may all be the attacker's, who name each other only: begin far away.
  const seeds = [...new Map(samples.flat().map((peer) => [peer.id, peer])).values()]
  const found = await Promise.all(keysOfParts(random, target, bits).map((key) => lookUp(key, seeds)))
  const inRegion = found.flat().filter(({ key }) => sharedPrefixLen(key, target) >= bits)
  const peers = new Map([...closest, ...inRegion].map((peer) => [peer.id, peer]))
  return [...peers.values()].sort((a, b) => compareDistance(a.key, b.key, target))
}

/** The leading bits that k to 2k peers have in common, told by how near to a key the nearest are. */
function regionBits(target: Key, closest: readonly Peer[], k: number): number {
  const farthest = closest.at(-1)
  if (farthest === undefined || closest.length < k) return 0
  const networkSize = (closest.length - 1) / distanceShare(target, farthest.key)
  return Math.max(0, Math.floor(Math.log2(networkSize / k)))
}

/** The distance of two keys as a share of the keyspace, above 0 to 1. */
function distanceShare(a: Key, b: Key): number {
  let share = 2 ** -48
  for (let i = 0; i < 6; i++) share += ((a[i] ?? 0) ^ (b[i] ?? 0)) / 256 ** (i + 1)
  return share
}

/** A random key in each part of the region around `target`; parts for which none is found are left out. */
function keysOfParts(random: Random, target: Key, bits: number): Uint8Array[] {
  const keys = new Map<number, Uint8Array>()
  for (let tries = 0; tries < MAX_TRIES && keys.size < PARTS; tries++) {
    const key = randomKey(random)
    const place = keyFromBytes(key)
    if (sharedPrefixLen(place, target) < bits) continue
    const part = 2 * bitAt(place, bits) + bitAt(place, bits + 1)
    if (!keys.has(part)) keys.set(part, key)
  }
  return [...keys.values()]
}

function bitAt(key: Key, bit: number): number {
  return ((key[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1
}
