import { base16 } from 'multiformats/bases/base16'
import { base32 } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { isIdMultihash } from '../../shared/byte-text.ts'
import type { KeyUse } from './key-view.ts'

/** Longest record key and lookup key, and longest provider key, in bytes (protocol.md §8, 9). */
const MAX_KEY_BYTES = 128
const MAX_PROVIDER_KEY_BYTES = 80
const LIBP2P_KEY_CODEC = 0x72

/** A key's bytes, or what is wrong with its text. */
export type KeyReading =
  | { ok: true; bytes: Uint8Array }
  | {
      ok: false
      /** What is wrong and what to do. */
      error: string
      /** A key that was perhaps meant. */
      suggestion?: string
    }

export interface KeyRules {
  /** Keys without a namespace are allowed. */
  plainKeys: boolean
}

/**
 * Reads a key as a person types it: `/namespace/name`, `/pk/<peer id>`,
 * `/ipns/<name>` (base36, base58 or peer id), a CID or multihash (base58 or
 * hex) for content, a peer id, or `0x…` for bytes.
 */
export function parseKey(input: string, use: KeyUse, rules: KeyRules): KeyReading {
  const text = input.trim()
  if (text === '') return wrong(`Give ${EXAMPLES[use]}.`)
  const reading = /^0x/i.test(text) ? hexBytes(text.slice(2)) : READERS[use](text, rules)
  return reading.ok ? checkLength(reading, use) : reading
}

const EXAMPLES: Record<KeyUse, string> = {
  record: 'a record key such as /note/hello, /ipns/<name> or /pk/<peer id>',
  provider: 'a CID such as bafkrei…, or a multihash in base58 or hex',
  peer: 'a peer id such as 12D3KooW…',
  any: 'a record key, a CID, a peer id, or bytes as 0x…',
}

const READERS: Record<KeyUse, (text: string, rules: KeyRules) => KeyReading> = {
  record: readRecordKey,
  provider: readProviderKey,
  peer: readPeer,
  any: readAny,
}

function readRecordKey(text: string, { plainKeys }: KeyRules): KeyReading {
  if (!text.startsWith('/')) return plainKeys ? right(utf8(text)) : withoutSlash(text)
  const [, namespace = '', name = ''] = /^\/([^/]*)\/?(.*)$/s.exec(text) ?? []
  if (namespace === '') return wrong('The namespace is missing: a record key reads /namespace/name.')
  if (namespace === 'pk' || namespace === 'ipns') return readNamed(namespace, name)
  const content = /^ipfs$/i.test(namespace) ? contentOf(name) : undefined
  if (content !== undefined) {
    return wrong('Content has providers, not a value under its key: find its providers instead.', name)
  }
  if (!text.startsWith(`/${namespace}/`) || name === '') {
    return wrong(`The name is missing: write what comes after /${namespace}/.`)
  }
  return right(utf8(text))
}

/** `/pk/` and `/ipns/`: the name stands for the multihash of a public key. */
function readNamed(namespace: 'pk' | 'ipns', name: string): KeyReading {
  if (name === '') return wrong(`A peer id is missing after /${namespace}/.`)
  const peer = peerIdOf(name)
  if (peer !== undefined) return right(joined(utf8(`/${namespace}/`), peer))
  if (namespace === 'ipns' && /^[^/]+\.[a-z]{2,}$/i.test(name)) {
    return wrong(`${name} is a DNS name: its content is found by a DNS TXT record (DNSLink), not in the DHT.`)
  }
  const cutOff = name.split('/')[0] ?? ''
  if (cutOff !== name && peerIdOf(cutOff) !== undefined) {
    return wrong('The key ends with the name; leave out the path after it.', `/${namespace}/${cutOff}`)
  }
  return wrong(
    `"${shortened(name)}" is no peer id: after /${namespace}/ stands one in base58 (12D3KooW…) or base36 (k51…).`,
  )
}

function withoutSlash(text: string): KeyReading {
  const sentence = 'A record key begins with a slash: /namespace/name.'
  if (/^k[a-z0-9]{40,}$/.test(text) && peerIdOf(text)) return wrong(sentence, `/ipns/${text}`)
  if (peerIdOf(text) !== undefined) return wrong(sentence, `/pk/${text}`)
  if (contentOf(text) !== undefined) {
    return wrong('This is content, which has providers and no value: find its providers instead.')
  }
  return /^[^/\s]+\/./.test(text) ? wrong(sentence, `/${text}`) : wrong(sentence)
}

function readProviderKey(text: string): KeyReading {
  const bare = text.replace(/^(ipfs:\/\/|\/ipfs\/)/, '')
  const content = contentOf(bare)
  if (content !== undefined) return right(content)
  const root = bare.split('/')[0] ?? ''
  if (root !== bare && contentOf(root) !== undefined) {
    return wrong('Providers are announced for the CID alone; leave out the path after it.', root)
  }
  if (text.startsWith('/')) return wrong('A record key has a value, not providers: get the value instead.')
  return wrong(`"${shortened(text)}" is neither a CID nor a multihash in base58 or hex.`)
}

function readPeer(text: string): KeyReading {
  const peer = peerIdOf(text)
  if (peer !== undefined) return right(peer)
  const last = text.split('/').at(-1) ?? ''
  if (peerIdOf(last) !== undefined) return wrong('Only the peer id is wanted here.', last)
  return wrong(`"${shortened(text)}" is no peer id: those read 12D3KooW…, 16Uiu2HA…, Qm… or k51….`)
}

function readAny(text: string, rules: KeyRules): KeyReading {
  if (text.startsWith('/')) return readRecordKey(text, rules)
  const known = peerIdOf(text) ?? contentOf(text)
  return known === undefined ? right(utf8(text)) : right(known)
}

function hexBytes(digits: string): KeyReading {
  if (!/^[0-9a-f]*$/i.test(digits)) return wrong('After 0x only the digits 0–9 and a–f are allowed.')
  if (digits.length % 2 === 1) return wrong('The last hex digit has no partner: each byte takes two.')
  return right(base16.baseDecode(digits.toLowerCase()))
}

function checkLength(reading: { ok: true; bytes: Uint8Array }, use: KeyUse): KeyReading {
  const { length } = reading.bytes
  const max = use === 'provider' ? MAX_PROVIDER_KEY_BYTES : MAX_KEY_BYTES
  if (length === 0) return wrong('The key is empty.')
  if (length > max) return wrong(`The key has ${length} bytes; servers take at most ${max}.`)
  if (use === 'peer' && !isIdMultihash(reading.bytes)) {
    return wrong('These bytes are no peer id: one is the multihash of a public key.')
  }
  return reading
}

const cidBases = base32.decoder.or(base36.decoder).or(base58btc.decoder)

/** The multihash of a peer id in base58, or as a CID with the codec of keys. */
function peerIdOf(text: string): Uint8Array | undefined {
  const bytes = attempt(() => base58btc.baseDecode(text))
  if (bytes !== undefined && isIdMultihash(bytes)) return bytes
  const cid = attempt(() => CID.parse(text, cidBases))
  return cid?.version === 1 && cid.code === LIBP2P_KEY_CODEC ? cid.multihash.bytes : undefined
}

/** The multihash of a CID, or of a multihash in base58 or hex. */
function contentOf(text: string): Uint8Array | undefined {
  const readings = [
    () => CID.parse(text, cidBases).multihash.bytes,
    () => Digest.decode(base16.baseDecode(text.toLowerCase())).bytes,
    () => Digest.decode(base58btc.baseDecode(text)).bytes,
  ]
  for (const read of readings) {
    const bytes = attempt(read)
    if (bytes !== undefined) return bytes
  }
  return undefined
}

function attempt<T>(task: () => T): T | undefined {
  try {
    return task()
  } catch {
    return undefined
  }
}

function right(bytes: Uint8Array): KeyReading {
  return { ok: true, bytes }
}

function wrong(error: string, suggestion?: string): KeyReading {
  return { ok: false, error, ...(suggestion !== undefined && { suggestion }) }
}

function shortened(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 24)}…${text.slice(-8)}`
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length)
  bytes.set(a)
  bytes.set(b, a.length)
  return bytes
}
