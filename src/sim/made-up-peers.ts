import type { Key } from '../dht/key.ts'
import { type Peer, peerFromBytes } from '../dht/peer.ts'
import type { SeededRandom } from './seeded-random.ts'

/** sha2-256, 32 bytes: what ids of RSA keys begin with. */
const MULTIHASH_PREFIX = [0x12, 0x20] as const

/** A peer with a random id and one address of its own subnet (`/ip4/…/tcp/4001`). */
export function madeUpPeer(random: SeededRandom): Peer {
  const bytes = new Uint8Array(34)
  bytes.set(MULTIHASH_PREFIX)
  bytes.set(random.bytes(32), 2)
  // 20.0.0.0 to 98.255.255.255: public, so that every rule for public addresses applies.
  const host = [20 + random.integer(79), random.integer(256), random.integer(256), 1 + random.integer(254)]
  return peerFromBytes(bytes, [Uint8Array.of(0x04, ...host, 0x06, 0x0f, 0xa1)])
}

/**
 * A made-up peer at a place of one's choice. Grinding ids until their hash
 * falls there is the attacker's work; here the place is just set.
 */
export function madeUpPeerAt(random: SeededRandom, key: Key): Peer {
  return { ...madeUpPeer(random), key }
}
