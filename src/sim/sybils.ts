import type { Key } from '../dht/key.ts'
import type { Peer } from '../dht/peer.ts'
import { conspiracy } from './lies.ts'
import { madeUpPeerAt } from './made-up-peers.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Lie } from './simulated-node.ts'
import type { World } from './world.ts'

export interface SybilOptions {
  /** In the middle of the cluster. */
  around: Key
  count: number
  /** Leading bits they have in common with it at least. */
  sharedBits: number
  /** Default: they name each other only, and know of nothing. */
  lie?: Lie
}

/** Adds identities of one attacker to a world, all near one key, each with an address of its own subnet. */
export function addSybils(world: World, { around, count, sharedBits, lie }: SybilOptions): Peer[] {
  const peers = Array.from({ length: count }, () =>
    madeUpPeerAt(world.random, placeNear(world.random, around, sharedBits)),
  )
  const conspire = lie ?? conspiracy(peers)
  for (const peer of peers) world.add(peer, 'lying').lie = conspire
  world.introduce(peers)
  return peers
}

/** A random place that has the first `bits` in common with `key`. */
function placeNear(random: SeededRandom, key: Key, bits: number): Key {
  const place = random.bytes(key.length)
  const whole = bits >> 3
  place.set(key.subarray(0, whole))
  const mask = 0xff >> (bits & 7)
  if (whole < place.length) place[whole] = ((key[whole] ?? 0) & ~mask) | ((place[whole] ?? 0) & mask)
  return place
}
