import { hash } from 'node:crypto'

const HALF_DIGITS = 6
const HALF = 2 ** (4 * HALF_DIGITS)

/**
 * The first 48 bits of the XOR distance between the place of `key` and
 * `localKey`, as a number: sorts as distances do, and costs an index a
 * fraction of 32 bytes. Two keys that share it count as equally far.
 */
export function storeDistance(key: Uint8Array, localKey: Uint8Array): number {
  const place = hash('sha256', key, 'hex')
  const local = Buffer.from(localKey.subarray(0, HALF_DIGITS)).toString('hex')
  return xorOfHalf(place, local, 0) * HALF + xorOfHalf(place, local, HALF_DIGITS)
}

function xorOfHalf(a: string, b: string, from: number): number {
  return half(a, from) ^ half(b, from)
}

function half(hex: string, from: number): number {
  return Number.parseInt(hex.slice(from, from + HALF_DIGITS), 16)
}
