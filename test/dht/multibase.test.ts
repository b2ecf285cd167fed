import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bytesToMultibase,
  InvalidMultibaseError,
  type MultibaseName,
  multibaseToBytes,
} from '../../src/dht/multibase.ts'

const encodings: MultibaseName[] = [
  'base58btc',
  'base32',
  'base36',
  'base16',
  'base64',
  'base64url',
  'base64pad',
  'base2',
]

test('bytes survive every encoding, leading zeros included', () => {
  fc.assert(
    fc.property(
      fc.nat(4),
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(...encodings),
      (zeros, tail, encoding) => {
        const bytes = Uint8Array.from([...new Uint8Array(zeros), ...tail])
        expect(multibaseToBytes(bytesToMultibase(bytes, encoding))).toEqual(bytes)
      },
    ),
  )
})

test('an Ed25519 id, whose multihash begins with a zero byte, survives base58btc', async () => {
  const { bytes } = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toMultihash()
  expect(bytes[0]).toBe(0)
  expect(multibaseToBytes(bytesToMultibase(bytes))).toEqual(new Uint8Array(bytes))
})

test('base58btc is the default; the first letter names the encoding', () => {
  expect(bytesToMultibase(Uint8Array.of(1, 2))).toMatch(/^z/)
  expect(bytesToMultibase(Uint8Array.of(1, 2), 'base16')).toBe('f0102')
})

test('what is not multibase is refused by a named error', () => {
  for (const text of ['', '?abc', 'z0OIl', 'fxyz']) {
    expect(() => multibaseToBytes(text)).toThrow(InvalidMultibaseError)
  }
  expect(() => bytesToMultibase(Uint8Array.of(1), 'base7' as MultibaseName)).toThrow(InvalidMultibaseError)
})
