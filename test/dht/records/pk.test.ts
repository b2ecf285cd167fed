import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidRecordError } from '../../../src/dht/errors.ts'
import { pkKey, pkValidator } from '../../../src/dht/records/pk.ts'

async function publicKeyRecord(type: 'Ed25519' | 'secp256k1' | 'RSA') {
  const { publicKey } = await (type === 'RSA' ? generateKeyPair('RSA', 2048) : generateKeyPair(type))
  return { key: pkKey(publicKey.toMultihash().bytes), value: publicKeyToProtobuf(publicKey) }
}

describe('pk validator', () => {
  test.each(['Ed25519', 'secp256k1', 'RSA'] as const)('accepts an %s key under its own id', async (type) => {
    const { key, value } = await publicKeyRecord(type)
    expect(() => pkValidator.validate(key, value)).not.toThrow()
  })

  test('refuses another peer’s key', async () => {
    const [mine, other] = [await publicKeyRecord('Ed25519'), await publicKeyRecord('Ed25519')]
    expect(() => pkValidator.validate(mine.key, other.value)).toThrow(/does not belong/)
  })

  test('refuses any changed byte of key or value', async () => {
    const { key, value } = await publicKeyRecord('Ed25519')
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, inKey) => {
        const changed = (inKey ? key : value).slice()
        const index = at % changed.length
        changed[index] = (changed[index] ?? 0) ^ flip
        const check = inKey
          ? () => pkValidator.validate(changed, value)
          : () => pkValidator.validate(key, changed)
        expect(check).toThrow(InvalidRecordError)
      }),
    )
  })

  test('refuses a valid key padded with an unknown field, large or small', async () => {
    const { key, value } = await publicKeyRecord('Ed25519')
    const padded = Uint8Array.from([...value, 0x7a, 0x02, 0, 0])
    expect(() => pkValidator.validate(key, padded)).toThrow(/canonical/)
    expect(() => pkValidator.validate(key, new Uint8Array(2 * 1024 * 1024))).toThrow(/4,096/)
  })

  test('refuses hex and text after /pk/', async () => {
    const { key, value } = await publicKeyRecord('Ed25519')
    const hex = Buffer.from(key.subarray(4)).toString('hex')
    expect(() => pkValidator.validate(new TextEncoder().encode(`/pk/${hex}`), value)).toThrow(
      /no binary multihash/,
    )
    expect(() => pkValidator.validate(new TextEncoder().encode('/pq/x'), value)).toThrow(/begin with/)
  })

  test('all valid values are equal, so the first is selected', () => {
    expect(pkValidator.select(Uint8Array.of(), [Uint8Array.of(1), Uint8Array.of(2)])).toBe(0)
  })
})
