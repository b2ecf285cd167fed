import type { PeerId } from '@libp2p/interface'
import { sha256 } from '@noble/hashes/sha2.js'

/** A place in the keyspace: 32 bytes, big-endian. */
export type Key = Uint8Array

/** Bytes turned into text at a time, so that no call has more arguments than the engine takes. */
const CHUNK_BYTES = 4096

/** The place of a record key, a multihash or a peer id: sha256 of its bytes (libp2p/specs kad-dht). */
export function keyFromBytes(bytes: Uint8Array): Key {
  return sha256(bytes)
}

/** py-libp2p's name for `keyFromBytes`. */
export { keyFromBytes as createKeyFromBinary }

/** The place of a peer: sha256 of its id's multihash. */
export function peerIdToKey(peerId: PeerId): Key {
  return keyFromBytes(peerId.toMultihash().bytes)
}

/** A key as a whole number, its first byte the most significant; 0 for no bytes. */
export function keyToInt(key: Key): bigint {
  let value = 0n
  for (const byte of key) value = (value << 8n) | BigInt(byte)
  return value
}

/** The XOR distance of two keys as a whole number. */
export function xorDistance(a: Key, b: Key): bigint {
  return keyToInt(a) ^ keyToInt(b)
}

/** Bytes as a string with one character per byte, for map keys. Sorts as the bytes do. */
export function keyText(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK_BYTES) return textOf(bytes)
  let text = ''
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    text += textOf(bytes.subarray(from, from + CHUNK_BYTES))
  }
  return text
}

/** Five times as quick as spreading the bytes, which goes over an iterator. */
function textOf(bytes: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, undefined, bytes)
}

/** Negative when `a` is nearer to `target` than `b` by XOR distance, positive when farther, 0 when equal. */
export function compareDistance(a: Key, b: Key, target: Key): number {
  for (let i = 0; i < target.length; i++) {
    const byteA = a[i] ?? 0
    const byteB = b[i] ?? 0
    if (byteA !== byteB) return (byteA ^ (target[i] ?? 0)) - (byteB ^ (target[i] ?? 0))
  }
  return 0
}

/** Leading bits two keys have in common, 0 to 256; of keys of different length as far as the shorter goes. */
export function sharedPrefixLen(a: Key, b: Key): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) ^ (b[i] ?? 0)
    if (difference !== 0) return i * 8 + Math.clz32(difference) - 24
  }
  return length * 8
}

/** The ids, nearest to sha256 of `target` first; the list given is left as it is. */
export function sortPeerIdsByDistance(target: Uint8Array, peerIds: readonly PeerId[]): PeerId[] {
  const place = keyFromBytes(target)
  return peerIds
    .map((peerId) => ({ peerId, key: peerIdToKey(peerId) }))
    .sort((a, b) => compareDistance(a.key, b.key, place))
    .map(({ peerId }) => peerId)
}
