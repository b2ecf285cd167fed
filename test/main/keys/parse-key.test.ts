import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type KeyUse, keyViewOf } from '../../../src/main/keys/key-view.ts'
import { parseKey } from '../../../src/main/keys/parse-key.ts'
import { base58Text, hexText } from '../../../src/shared/byte-text.ts'

const ID = '12D3KooWLQzUv2FHWGVPXTXSZpdHs7oHbXub2G5WC8Tx4NQhyd2d'
const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
const strict = { plainKeys: false }

function read(text: string, use: KeyUse, rules = strict): string {
  const reading = parseKey(text, use, rules)
  if (!reading.ok) throw new Error(`${text}: ${reading.error}`)
  return keyViewOf(reading.bytes, use).text
}

describe('a key as a person types it', () => {
  const ipnsName = read(`/ipns/${ID}`, 'record')

  test.each<[string, KeyUse, string]>([
    ['/note/hello', 'record', '/note/hello'],
    ['  /note/hello  ', 'record', '/note/hello'],
    ['/note/grüß/dich', 'record', '/note/grüß/dich'],
    [`/pk/${ID}`, 'record', `/pk/${ID}`],
    [ipnsName, 'record', ipnsName],
    [`/pk/${ipnsName.slice('/ipns/'.length)}`, 'record', `/pk/${ID}`],
    [CID, 'provider', CID],
    [`/ipfs/${CID}`, 'provider', CID],
    [`ipfs://${CID}`, 'provider', CID],
    [ID, 'peer', ID],
    [ipnsName.slice('/ipns/'.length), 'peer', ID],
    [ID, 'any', ID],
    ['/note/hello', 'any', '/note/hello'],
    ['0x00ff', 'any', '0x00ff'],
  ])('%s, as a %s key, is %s', (text, use, expected) => {
    expect(read(text, use)).toBe(expected)
  })

  test('an IPNS name in base58 and as a peer id is the same key as in base36', () => {
    expect(ipnsName).toMatch(/^\/ipns\/k51/)
    expect(read(`/ipns/${ID}`, 'record')).toBe(ipnsName)
  })

  test('a multihash of content may be given in hex or base58', () => {
    const multihash = Uint8Array.of(0x12, 0x20, ...sha256(new Uint8Array([1])))
    const { text } = keyViewOf(multihash, 'provider')
    expect(read(hexText(multihash), 'provider')).toBe(text)
    expect(read(base58Text(multihash), 'provider')).toBe(text)
  })

  test.each<[string, KeyUse, RegExp, string | undefined]>([
    ['', 'record', /^Give a record key/, undefined],
    ['note/hello', 'record', /begins with a slash/, '/note/hello'],
    [ID, 'record', /begins with a slash/, `/pk/${ID}`],
    ['//x', 'record', /namespace is missing/, undefined],
    ['/note', 'record', /name is missing/, undefined],
    ['/note/', 'record', /name is missing/, undefined],
    ['/pk/', 'record', /peer id is missing/, undefined],
    ['/ipns/example.com', 'record', /DNS name/, undefined],
    ['/ipns/nonsense', 'record', /no peer id/, undefined],
    [`/ipns/${ID}/index.html`, 'record', /path/, `/ipns/${ID}`],
    [`/ipfs/${CID}`, 'record', /providers/, CID],
    [CID, 'record', /providers/, undefined],
    ['/note/hello', 'provider', /value, not providers/, undefined],
    [`/ipfs/${CID}/readme`, 'provider', /CID alone/, CID],
    ['nonsense!', 'provider', /neither a CID nor/, undefined],
    [`/ip4/127.0.0.1/tcp/1/p2p/${ID}`, 'peer', /Only the peer id/, ID],
    ['0x0', 'any', /no partner/, undefined],
    ['0xzz', 'any', /digits/, undefined],
    ['0x', 'any', /empty/, undefined],
    [`/note/${'x'.repeat(200)}`, 'record', /at most 128/, undefined],
  ])('%s as a %s key is refused with a sentence', (text, use, error, suggestion) => {
    const reading = parseKey(text, use, strict)
    expect(reading).toMatchObject({ ok: false, error: expect.stringMatching(error) })
    expect(reading).toHaveProperty('ok', false)
    if (!reading.ok) expect(reading.suggestion).toBe(suggestion)
  })

  test('a suggestion is itself a key', () => {
    for (const text of ['note/hello', ID, `/ipns/${ID}/index.html`]) {
      const reading = parseKey(text, 'record', strict)
      expect(!reading.ok && parseKey(reading.suggestion ?? '', 'record', strict).ok).toBe(true)
    }
  })

  test('a key without a namespace is taken where the network allows it', () => {
    expect(parseKey('hello', 'record', strict).ok).toBe(false)
    expect(read('hello', 'record', { plainKeys: true })).toBe('0x68656c6c6f')
  })
})

test('the text of any key, typed in again, gives the same bytes', () => {
  const uses = fc.constantFrom<KeyUse>('record', 'provider', 'any')
  const key = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 70 }),
    fc.uint8Array({ minLength: 32, maxLength: 32 }).map((digest) => Uint8Array.of(0x12, 0x20, ...digest)),
    fc.string({ minLength: 1, maxLength: 20 }).map((text) => new TextEncoder().encode(`/n/${text}`)),
  )
  fc.assert(
    fc.property(key, uses, (bytes, use) => {
      const { text } = keyViewOf(bytes, use)
      expect(parseKey(text, use, { plainKeys: true })).toEqual({ ok: true, bytes: new Uint8Array(bytes) })
    }),
    { numRuns: 500 },
  )
})

test('no text makes the parser throw', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 60 }),
      fc.constantFrom<KeyUse>('record', 'provider', 'peer', 'any'),
      (text, use) => {
        parseKey(text, use, strict)
        parseKey(`/ipns/${text}`, use, strict)
      },
    ),
  )
})
