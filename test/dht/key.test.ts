import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  compareDistance,
  createKeyFromBinary,
  keyFromBytes,
  keyText,
  keyToInt,
  peerIdToKey,
  sharedPrefixLen,
  sortPeerIdsByDistance,
  xorDistance,
} from '../../src/dht/key.ts'

const keys = fc.uint8Array({ minLength: 32, maxLength: 32 })
const bytes = fc.uint8Array({ maxLength: 80 })
const bitsOf = (key: Uint8Array) => Array.from(key, (byte) => byte.toString(2).padStart(8, '0')).join('')

let peerIds: PeerId[] = []
beforeAll(async () => {
  const pairs = await Promise.all(Array.from({ length: 12 }, () => generateKeyPair('Ed25519')))
  peerIds = pairs.map(peerIdFromPrivateKey)
})

describe('places in the keyspace', () => {
  test('bytes lie at their sha256, under either name', () => {
    fc.assert(
      fc.property(bytes, (data) => {
        expect(keyFromBytes(data)).toEqual(sha256(data))
        expect(createKeyFromBinary(data)).toEqual(sha256(data))
      }),
    )
  })

  test('a peer lies at the sha256 of its multihash, 32 bytes', () => {
    for (const peerId of peerIds) expect(peerIdToKey(peerId)).toEqual(sha256(peerId.toMultihash().bytes))
  })

  test('keyText is one character a byte and sorts as the bytes do', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), fc.uint8Array({ maxLength: 9000 }), (a, b) => {
        expect(Array.from(keyText(a), (letter) => letter.charCodeAt(0))).toEqual([...a])
        expect(Math.sign(Buffer.compare(a, b))).toBe(
          keyText(a) < keyText(b) ? -1 : keyText(a) > keyText(b) ? 1 : 0,
        )
      }),
      { numRuns: 20 },
    )
  })
})

describe('keyToInt', () => {
  test('reads big-endian, any length', () => {
    fc.assert(
      fc.property(bytes, (data) => {
        expect(keyToInt(data)).toBe(BigInt(`0x0${Buffer.from(data).toString('hex')}`))
      }),
    )
  })
})

describe('distance', () => {
  test('xorDistance is the XOR of the two numbers: symmetric, 0 only to itself', () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        expect(xorDistance(a, b)).toBe(keyToInt(a.map((byte, i) => byte ^ (b[i] ?? 0))))
        expect(xorDistance(a, b)).toBe(xorDistance(b, a))
        expect(xorDistance(a, a)).toBe(0n)
      }),
    )
  })

  test('compareDistance orders as the distances do', () => {
    fc.assert(
      fc.property(keys, keys, keys, (a, b, target) => {
        const byNumber = xorDistance(a, target) - xorDistance(b, target)
        expect(Math.sign(compareDistance(a, b, target))).toBe(byNumber < 0n ? -1 : byNumber > 0n ? 1 : 0)
      }),
    )
  })
})

describe('sharedPrefixLen', () => {
  test('counts leading bits in common, not bytes', () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        const [x, y] = [bitsOf(a), bitsOf(b)]
        const differing = [...x].findIndex((bit, i) => bit !== y[i])
        expect(sharedPrefixLen(a, b)).toBe(differing === -1 ? 256 : differing)
      }),
    )
  })

  test('flipping one bit leaves exactly the bits before it', () => {
    fc.assert(
      fc.property(keys, fc.nat(255), (key, bit) => {
        const other = new Uint8Array(key)
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7))
        expect(sharedPrefixLen(key, other)).toBe(bit)
      }),
    )
  })

  test('goes as far as the shorter key', () => {
    expect(sharedPrefixLen(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3))).toBe(16)
    expect(sharedPrefixLen(new Uint8Array(), Uint8Array.of(1))).toBe(0)
  })
})

describe('sortPeerIdsByDistance', () => {
  test('hashes its target, sorts nearest first, and leaves the list it is given as it is', () => {
    fc.assert(
      fc.property(bytes, fc.shuffledSubarray([...Array(12).keys()]), (target, order) => {
        const given = order.map((i) => peerIds[i] as PeerId)
        const before = [...given]
        const sorted = sortPeerIdsByDistance(target, given)
        const distances = sorted.map((peerId) => xorDistance(peerIdToKey(peerId), sha256(target)))
        expect(distances).toEqual([...distances].sort((a, b) => (a < b ? -1 : 1)))
        expect(new Set(sorted)).toEqual(new Set(given))
        expect(given).toEqual(before)
      }),
    )
  })
})
