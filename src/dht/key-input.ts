import type { PeerId } from '@libp2p/interface'
import { base16 } from 'multiformats/bases/base16'
import { base32 } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { InvalidArgumentError } from './errors.ts'
import { ipnsKey } from './records/ipns.ts'
import { pkKey } from './records/pk.ts'
import { isMultihash } from './wire/multihash.ts'

/**
 * A key as callers give it. Bytes are taken as they are; text is read as people
 * write keys, or, in text-key mode, sent as its UTF-8 bytes (py-libp2p 0.7).
 */
export type KeyInput = string | Uint8Array

const cidBases = base32.decoder.or(base36.decoder).or(base58btc.decoder)

/**
 * The bytes of a record key. In text the name after `/pk/` and `/ipns/` is a
 * peer id (base58btc, or a CID such as `k51…`) and becomes its multihash; any
 * other text is its UTF-8 bytes. Throws `InvalidArgumentError` when the name is none.
 */
export function recordKeyOf(key: KeyInput, isTextKey = false): Uint8Array {
  if (typeof key !== 'string') return key
  const [, namespace, name] = /^\/(pk|ipns)\/(.*)$/s.exec(key) ?? []
  if (isTextKey || namespace === undefined || name === undefined) return new TextEncoder().encode(key)
  return namespace === 'pk' ? pkKey(multihashOf(name)) : ipnsKey(multihashOf(name))
}

/**
 * The bytes of a provider key, a multihash. Text is a CID, or a multihash in
 * base58btc or hexadecimal. Throws `InvalidArgumentError` when it is none of these.
 */
export function providerKeyOf(key: KeyInput, isTextKey = false): Uint8Array {
  if (typeof key !== 'string') return key
  return isTextKey ? new TextEncoder().encode(key) : multihashOf(key)
}

/** The bytes of a peer id, given as one, as its multihash, or as text. Throws `InvalidArgumentError`. */
export function peerIdBytesOf(id: PeerId | KeyInput): Uint8Array {
  if (typeof id === 'string') return multihashOf(id)
  return id instanceof Uint8Array ? id : id.toMultihash().bytes
}

const readers: readonly ((text: string) => Uint8Array)[] = [
  (text) => base16.baseDecode(text.toLowerCase()),
  (text) => base58btc.baseDecode(text),
  (text) => CID.parse(text, cidBases).multihash.bytes,
]

/** One text may be read in several ways; only one of them gives a multihash. */
function multihashOf(text: string): Uint8Array {
  for (const read of readers) {
    const bytes = attempt(() => read(text))
    if (bytes !== undefined && isMultihash(bytes)) return bytes
  }
  throw new InvalidArgumentError(
    `"${text}" is neither a CID nor a multihash or peer id in base58 or hexadecimal.`,
  )
}

function attempt<T>(task: () => T): T | undefined {
  try {
    return task()
  } catch {
    return undefined
  }
}
