import { keyFromBytes } from '../../../dht/key.ts'

/** As much of a distance as rows keep: enough that no two keys anybody can find share it. */
const DISTANCE_BYTES = 16

/** The beginning of the XOR distance between the place of `key` and `localKey`; sorts as distances do. */
export function storeDistance(key: Uint8Array, localKey: Uint8Array): Uint8Array {
  return keyFromBytes(key)
    .subarray(0, DISTANCE_BYTES)
    .map((byte, i) => byte ^ (localKey[i] ?? 0))
}
