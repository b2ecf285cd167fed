import { type ICryptoInterface, pureJsCrypto } from '@chainsafe/libp2p-noise'
import fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { describe, expect, test } from 'vitest'
import { noiseCrypto } from '../../../src/main/node/noise-crypto.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const upTo = (maxLength: number) => fc.uint8Array({ maxLength })
const plain = (data: { subarray(): Uint8Array }) => Buffer.from(data.subarray()).toString('hex')

type Bytes = Parameters<ICryptoInterface['hashSHA256']>[0]

/** The same bytes in one piece and in two. Noise declares its list by another version of the same class. */
const pieces = (data: Uint8Array) => [
  data,
  new Uint8ArrayList(data.subarray(0, 7), data.subarray(7)) as unknown as Bytes,
]

describe('noiseCrypto computes what noise’s own implementation does', () => {
  const crypto = noiseCrypto()
  if (crypto === undefined) throw new Error('This Node has no chacha20-poly1305.')

  test('sha256', () => {
    fc.assert(
      fc.property(upTo(300), (data) => {
        for (const piece of pieces(data)) {
          expect(plain(crypto.hashSHA256(piece))).toBe(plain(pureJsCrypto.hashSHA256(data)))
        }
      }),
    )
  })

  test('HKDF, also of an empty key', () => {
    fc.assert(
      fc.property(bytes(32), fc.oneof(bytes(32), fc.constant(new Uint8Array())), (salt, key) => {
        expect(crypto.getHKDF(salt, key).map(plain)).toEqual(pureJsCrypto.getHKDF(salt, key).map(plain))
      }),
    )
  })

  test('X25519: keys of a seed, and shared keys in both directions', () => {
    fc.assert(
      fc.property(bytes(32), (seed) => {
        const ours = crypto.generateX25519KeyPair()
        const theirs = pureJsCrypto.generateX25519KeyPairFromSeed(seed)
        expect(plain(crypto.generateX25519KeyPairFromSeed(seed).publicKey)).toBe(plain(theirs.publicKey))
        expect(ours.publicKey).toHaveLength(32)
        expect(plain(crypto.generateX25519SharedKey(ours.privateKey, theirs.publicKey))).toBe(
          plain(pureJsCrypto.generateX25519SharedKey(theirs.privateKey, ours.publicKey)),
        )
      }),
      { numRuns: 20 },
    )
  })

  test('ChaCha20-Poly1305, at every size and in any number of pieces', () => {
    fc.assert(
      fc.property(upTo(2_000), bytes(12), upTo(40), bytes(32), (text, nonce, ad, key) => {
        const sealed = pureJsCrypto.chaCha20Poly1305Encrypt(text, nonce, ad, key).subarray()
        for (const piece of pieces(text)) {
          expect(plain(crypto.chaCha20Poly1305Encrypt(piece, nonce, ad, key))).toBe(plain(sealed))
        }
        for (const piece of pieces(sealed)) {
          expect(plain(crypto.chaCha20Poly1305Decrypt(piece, nonce, ad, key))).toBe(plain(text))
        }
      }),
    )
  })

  test('a changed bit anywhere is an error', () => {
    fc.assert(
      fc.property(upTo(100), bytes(12), bytes(32), fc.nat(), (text, nonce, key, at) => {
        const ad = new Uint8Array()
        const sealed = Uint8Array.from(crypto.chaCha20Poly1305Encrypt(text, nonce, ad, key).subarray())
        const i = at % sealed.length
        sealed[i] = (sealed[i] ?? 0) ^ 1
        expect(() => crypto.chaCha20Poly1305Decrypt(sealed, nonce, ad, key)).toThrow()
      }),
    )
  })

  test.each([0, 1, 15])('%d bytes, too few for a tag, are an error', (length) => {
    const zeros = (count: number) => new Uint8Array(count)
    expect(() => crypto.chaCha20Poly1305Decrypt(zeros(length), zeros(12), zeros(0), zeros(32))).toThrow()
  })

  test('two keys of one length are never mixed up', () => {
    const [first, second] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
    const seal = (key: Uint8Array) =>
      plain(crypto.chaCha20Poly1305Encrypt(Uint8Array.of(1, 2, 3), new Uint8Array(12), new Uint8Array(), key))
    const sealed = seal(first)
    expect(seal(second)).not.toBe(sealed)
    expect(seal(first)).toBe(sealed)
  })
})
