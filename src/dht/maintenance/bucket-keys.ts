import { type Key, keyFromBytes } from '../key.ts'
import type { Random } from '../random.ts'

/** How a sha2-256 multihash begins: servers that check the shape of a key take it for one. */
const MULTIHASH_HEAD = [0x12, 0x20]
const DIGEST_BYTES = 32

/** A random key to look up, shaped as a multihash. */
export function randomKey(random: Random): Uint8Array {
  return Uint8Array.from([...MULTIHASH_HEAD, ...random.bytes(DIGEST_BYTES)])
}

/**
 * A random key whose place (its sha256) lies in a range of the keyspace. Keys
 * are hashed until one falls there, so a range of 1/n of the keyspace takes n
 * tries on the average; undefined after `maxTries`.
 */
export function randomKeyIn(
  random: Random,
  isInRange: (place: Key) => boolean,
  maxTries: number,
): Uint8Array | undefined {
  for (let tries = 0; tries < maxTries; tries++) {
    const key = randomKey(random)
    if (isInRange(keyFromBytes(key))) return key
  }
  return undefined
}
