import { readFileSync } from 'node:fs'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { encode } from 'cborg'
import fc from 'fast-check'
import { ipnsValidator as packageValidator } from 'ipns/validator'
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import { beforeAll, describe, expect, test } from 'vitest'
import { InvalidRecordError } from '../../../src/dht/errors.ts'
import { ipnsKey, ipnsValidator, makeIpnsRecord } from '../../../src/dht/records/ipns.ts'
import { parseIpnsRecord } from '../../../src/dht/records/ipns-record.ts'
import type { Validator } from '../../../src/dht/records/validator.ts'
import { type Forgery, forgeIpns } from './forged-ipns.ts'

const NOW_MS = Date.parse('2030-01-01T00:00:00Z')
const LATER = '2030-01-02T00:00:00.000000000Z'
const HOUR_MS = 3_600_000
const text = (value: string) => new TextEncoder().encode(value)

let privateKey: PrivateKey
let key: Uint8Array
const validator: Validator = ipnsValidator({ now: () => NOW_MS })
const accept = async (value: Uint8Array) => validator.validate(key, value)
const forged = (forgery: Forgery = {}, validity = LATER) => forgeIpns(privateKey, validity, forgery)

beforeAll(async () => {
  privateKey = await generateKeyPair('Ed25519')
  key = ipnsKey(privateKey.publicKey.toMultihash().bytes)
})

describe('vectors of the IPNS specification', () => {
  const verdicts: [string, RegExp | undefined][] = [
    ['k51qzi5uqu5dm4tm0wt8srkg9h9suud4wuiwjimndrkydqm81cqtlb5ak6p7ku_v1', /no version 2 signature/],
    ['k51qzi5uqu5dlkw8pxuw9qmqayfdeh4kfebhmreauqdc6a7c3y7d5i9fi8mk9w_v1-v2', undefined],
    ['k51qzi5uqu5dlmit2tuwdvnx4sbnyqgmvbxftl0eo3f33wwtb9gr7yozae9kpw_v1-v2-broken-v1-value', /value differs/],
    ['k51qzi5uqu5dilgf7gorsh9vcqqq4myo6jd4zmqkuy9pxyxi5fua3uf7axph4y_v1-v2-broken-signature-v1', undefined],
    ['k51qzi5uqu5diamp7qnnvs1p1gzmku3eijkeijs3418j23j077zrkok63xdm8c_v1-v2-broken-signature-v2', /signature/],
    ['k51qzi5uqu5dit2ku9mutlfgwyz8u730on38kd10m97m36bjt66my99hb6103f_v2', undefined],
    ['12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d', undefined],
    ['QmVujd5Vb7moysJj8itnGufN7MEtPRCNHkKpNuA4onsRa3', undefined],
  ]

  function nameOf(file: string): Uint8Array {
    const name = file.split('_')[0] ?? ''
    if (name.startsWith('k')) return CID.parse(name, base36).multihash.bytes
    return peerIdFromString(name).toMultihash().bytes
  }

  test.each(verdicts)('%s', async (file, reason) => {
    const record = new Uint8Array(
      readFileSync(new URL(`../../vectors/ipns/${file}.ipns-record`, import.meta.url)),
    )
    const verdict = validator.validate(ipnsKey(nameOf(file)), record)
    if (reason === undefined) await expect(verdict).resolves.toBeUndefined()
    else await expect(verdict).rejects.toThrow(reason)
  })
})

describe('ipns validator', () => {
  test('accepts what it makes, with and without version 1, and so does the ipns package', async () => {
    for (const type of ['Ed25519', 'secp256k1', 'RSA'] as const) {
      const pair = await (type === 'RSA' ? generateKeyPair('RSA', 2048) : generateKeyPair(type))
      const name = ipnsKey(pair.publicKey.toMultihash().bytes)
      for (const v1Compatible of [true, false]) {
        const expiresAtMs = Date.now() + HOUR_MS
        const record = await makeIpnsRecord(pair, '/ipfs/bafkqaaa', {
          sequence: 3n,
          expiresAtMs,
          v1Compatible,
        })
        await ipnsValidator({ now: () => Date.now() }).validate(name, record)
        await packageValidator(name, record)
        expect(parseIpnsRecord(record)).toMatchObject({
          sequence: 3n,
          hasV1: v1Compatible,
          expiresAtNs: BigInt(expiresAtMs) * 1_000_000n,
          value: text('/ipfs/bafkqaaa'),
        })
      }
    }
  })

  test('accepts an honest forgery, so that the refusals below mean something', async () => {
    for (const forgery of [{}, { v1: false }, { embedKey: true }, { data: { Extra: 'field', Link: 1.5 } }]) {
      await expect(accept(await forged(forgery))).resolves.toBeUndefined()
    }
  })

  test('§8.11 size is looked at before parsing', async () => {
    await expect(accept(new Uint8Array(10_241))).rejects.toThrow(/10241 bytes/)
    await expect(accept(new Uint8Array(10_240))).rejects.not.toThrow(/bytes; at most/)
  })

  test('a record padded with unknown fields counts with its padding', async () => {
    const record = await forged()
    const padding = [0x7a, 0x80, 0x50, ...new Uint8Array(10_240)]
    await expect(accept(Uint8Array.from([...record, ...padding]))).rejects.toThrow(/at most 10,240/)
  })

  const V1_LIES: [string, Forgery][] = [
    ['value', { entry: { value: new Uint8Array(text('/ipfs/other')) } }],
    ['validity', { entry: { validity: new Uint8Array(text('2031-01-02T00:00:00Z')) } }],
    ['validityType', { entry: { validityType: 1 } }],
    ['sequence', { entry: { sequence: 8n } }],
    ['ttl', { entry: { ttl: 301n } }],
  ]
  test.each(V1_LIES)('version 1’s %s must equal version 2’s', async (field, forgery) => {
    await expect(accept(await forged(forgery))).rejects.toThrow(new RegExp(`Field ${field} differs`))
  })

  test('one of value and version 1 signature is enough for the five fields to be compared', async () => {
    const onlySignature = { v1: false, entry: { signatureV1: new Uint8Array(64) } }
    const onlyValue = { v1: false, entry: { value: new Uint8Array(text('/ipfs/bafkqaaa')) } }
    await expect(accept(await forged(onlySignature))).rejects.toThrow(/Field value differs/)
    await expect(accept(await forged(onlyValue))).rejects.toThrow(/Field validity differs/)
  })

  test('version 1’s signature is not verified', async () => {
    await expect(
      accept(await forged({ entry: { signatureV1: new Uint8Array([1, 2, 3]) } })),
    ).resolves.toBeUndefined()
  })

  test('both parts of version 2 must be there', async () => {
    await expect(accept(await forged({ entry: { signatureV2: new Uint8Array() } }))).rejects.toThrow(
      /no version 2/,
    )
    await expect(accept(await forged({ entry: { data: new Uint8Array() } }))).rejects.toThrow(/no data/)
    await expect(accept(new Uint8Array())).rejects.toThrow(InvalidRecordError)
  })

  test('data that is no map, no CBOR, or lacks a field is refused', async () => {
    await expect(accept(await forged({ rawData: encode('text'), v1: false }))).rejects.toThrow(
      InvalidRecordError,
    )
    await expect(accept(await forged({ rawData: Uint8Array.of(0xff), v1: false }))).rejects.toThrow(
      /no DAG-CBOR/,
    )
    for (const name of ['Value', 'Validity', 'ValidityType', 'Sequence', 'TTL']) {
      await expect(accept(await forged({ data: { [name]: undefined }, v1: false }))).rejects.toThrow(
        new RegExp(name),
      )
    }
  })

  test('CBOR that is not canonical is refused', async () => {
    const pairs = [...encode({ TTL: 300 }).subarray(1)]
    const rest = { Value: text('/ipfs/bafkqaaa'), Validity: text(LATER), ValidityType: 0, Sequence: 7 }
    const reordered = Uint8Array.from([0xa5, ...encode(rest).subarray(1), ...pairs])
    await expect(accept(await forged({ rawData: reordered, v1: false }))).rejects.toThrow(/DAG-CBOR/)
    const indefinite = Uint8Array.from([0xbf, ...encode({ ...rest, TTL: 300 }).subarray(1), 0xff])
    await expect(accept(await forged({ rawData: indefinite, v1: false }))).rejects.toThrow(/DAG-CBOR/)
    const duplicate = Uint8Array.from([0xa6, ...pairs, ...encode({ ...rest, TTL: 300 }).subarray(1)])
    await expect(accept(await forged({ rawData: duplicate, v1: false }))).rejects.toThrow(/DAG-CBOR/)
  })

  test('only validity type 0 is known', async () => {
    await expect(accept(await forged({ data: { ValidityType: 1 }, v1: false }))).rejects.toThrow(/type 1/)
  })

  test('a negative or oversized sequence or TTL is refused', async () => {
    for (const data of [{ TTL: -1 }, { Sequence: -1 }, { TTL: 1.5 }]) {
      await expect(accept(await forged({ data, v1: false }))).rejects.toThrow(InvalidRecordError)
    }
  })

  test('the end of life counts to the nanosecond', async () => {
    const isAccepted = async (validity: string) =>
      accept(await forged({}, validity)).then(
        () => true,
        () => false,
      )
    expect(await isAccepted('2030-01-01T00:00:00.000000001Z')).toBe(true)
    expect(await isAccepted('2030-01-01T00:00:00Z')).toBe(false)
    expect(await isAccepted('2029-12-31T23:59:59.999999999Z')).toBe(false)
    expect(await isAccepted('in a year')).toBe(false)
  })

  test('a wrong signature, another’s key and another’s name are refused', async () => {
    const other = await generateKeyPair('Ed25519')
    const record = await forged()
    await expect(accept(await forgeIpns(other, LATER))).rejects.toThrow(/signature/)
    await expect(accept(await forgeIpns(other, LATER, { embedKey: true }))).rejects.toThrow(/does not belong/)
    const otherName = ipnsKey(other.publicKey.toMultihash().bytes)
    await expect(validator.validate(otherName, record)).rejects.toThrow(/signature/)
  })

  test('a name that is a hash needs the key in the record', async () => {
    const rsa = await generateKeyPair('RSA', 2048)
    const name = ipnsKey(rsa.publicKey.toMultihash().bytes)
    await expect(validator.validate(name, await forgeIpns(rsa, LATER))).rejects.toThrow(
      /lacks the public key/,
    )
    await expect(
      validator.validate(name, await forgeIpns(rsa, LATER, { embedKey: true })),
    ).resolves.toBeUndefined()
  })

  test('names in text are refused', async () => {
    const name = peerIdFromString('12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d').toString()
    await expect(validator.validate(text(`/ipns/${name}`), await forged())).rejects.toThrow(
      /hash function 49/,
    )
    const cid = CID.createV1(0x72, privateKey.publicKey.toMultihash()).toString(base36)
    await expect(validator.validate(text(`/ipns/${cid}`), await forged())).rejects.toThrow(/binary multihash/)
  })

  test('no change of a single byte of an honest record passes', async () => {
    const record = await forged({ v1: false })
    await fc.assert(
      fc.asyncProperty(fc.nat(record.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = record.slice()
        changed[at] = (changed[at] ?? 0) ^ flip
        await expect(accept(changed)).rejects.toThrow(InvalidRecordError)
      }),
      { numRuns: 150 },
    )
  })

  test('random bytes are refused and never throw anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await expect(accept(bytes)).rejects.toThrow(InvalidRecordError)
      }),
    )
  })
})

describe('ipns select', () => {
  const select = (values: Uint8Array[]) => validator.select(key, values)

  test('takes the highest sequence, then the latest end of life to the nanosecond', async () => {
    const low = await forged({ data: { Sequence: 1 }, v1: false }, '2040-01-01T00:00:00Z')
    const early = await forged({ data: { Sequence: 2 }, v1: false }, '2030-05-01T00:00:00.000000001Z')
    const late = await forged({ data: { Sequence: 2 }, v1: false }, '2030-05-01T00:00:00.000000002Z')
    const values = [low, early, late]
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (order) => {
        const shuffled = order.map((i) => values[i] ?? low)
        expect(select(shuffled)).toBe(order.indexOf(2))
      }),
    )
  })

  test('sequences past 2^53 are told apart', async () => {
    const a = await forged({ data: { Sequence: 2n ** 60n }, v1: false })
    const b = await forged({ data: { Sequence: 2n ** 60n + 1n }, v1: false })
    expect([select([a, b]), select([b, a])]).toEqual([1, 0])
  })

  test('a tie goes to the larger bytes, whatever the order', async () => {
    const plain = await forged()
    const withKey = await forged({ embedKey: true })
    const larger = Buffer.compare(plain, withKey) > 0 ? plain : withKey
    for (const values of [
      [plain, withKey],
      [withKey, plain],
    ]) {
      expect(values[await select(values)]).toBe(larger)
    }
  })

  test('what cannot be read loses, and nothing readable is an error', async () => {
    expect(select([Uint8Array.of(1), await forged()])).toBe(1)
    expect(() => select([Uint8Array.of(1)])).toThrow(InvalidRecordError)
  })
})
