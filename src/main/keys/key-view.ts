import { sha256 } from '@noble/hashes/sha2.js'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { hexText, isIdMultihash, printableText } from '../../shared/byte-text.ts'
import type { KeyView } from '../../shared/rows.ts'
import type { OperationKind } from '../../shared/trace-event.ts'

/** What a key is taken for: a record's, content's (a multihash), a peer's id; `any`: what its bytes look like. */
export type KeyUse = 'record' | 'provider' | 'peer' | 'any'

const NAMED_KEY = /^\/[^/]+\/./s
const RAW_CODEC = 0x55
const LIBP2P_KEY_CODEC = 0x72

/** A key as the screen shows it. Its text, typed in again for the same use, gives the same bytes. */
export function keyViewOf(bytes: Uint8Array, use: KeyUse = 'any'): KeyView {
  return { ...(namedView(bytes, use) ?? hexView(bytes)), hex: hexText(bytes), target: hexText(sha256(bytes)) }
}

/** What the key of an operation is taken for. */
export function keyUseOf(kind: OperationKind): KeyUse {
  if (kind === 'FIND_PEER') return 'peer'
  if (kind === 'PROVIDE' || kind === 'FIND_PROVIDERS') return 'provider'
  return kind === 'CLOSEST_PEERS' || kind === 'REFRESH' ? 'any' : 'record'
}

type NamedView = Pick<KeyView, 'text' | 'kind'>

function namedView(bytes: Uint8Array, use: KeyUse): NamedView | undefined {
  if (use === 'provider') return contentView(bytes)
  const peer = isPeerId(bytes) ? { text: base58btc.baseEncode(bytes), kind: 'peer' as const } : undefined
  if (use === 'peer') return peer
  return recordView(bytes) ?? (use === 'any' ? (peer ?? contentView(bytes)) : undefined)
}

function recordView(bytes: Uint8Array): NamedView | undefined {
  const pk = suffixOf(bytes, '/pk/')
  if (pk !== undefined && isIdMultihash(pk)) return { text: `/pk/${base58btc.baseEncode(pk)}`, kind: 'pk' }
  const ipns = suffixOf(bytes, '/ipns/')
  if (ipns !== undefined && isIdMultihash(ipns)) return { text: `/ipns/${ipnsName(ipns)}`, kind: 'ipns' }
  if (pk !== undefined || ipns !== undefined) return undefined
  const text = printableText(bytes)
  // Blanks at its ends would be cut off, and what is not /namespace/name might be read as another kind of key.
  return text !== undefined && NAMED_KEY.test(text) && text.trim() === text
    ? { text, kind: 'record' }
    : undefined
}

/** A multihash as a CID; which codec its content has, the key does not say: it is shown as raw. */
function contentView(bytes: Uint8Array): NamedView | undefined {
  try {
    return { text: CID.createV1(RAW_CODEC, Digest.decode(bytes)).toString(), kind: 'provider' }
  } catch {
    return undefined
  }
}

function hexView(bytes: Uint8Array): NamedView {
  return { text: `0x${hexText(bytes)}`, kind: 'bytes' }
}

/** An IPNS name as it is written today: the peer id as a CID in base36, `k51…`. */
function ipnsName(multihash: Uint8Array): string {
  return CID.createV1(LIBP2P_KEY_CODEC, Digest.decode(multihash)).toString(base36)
}

/** The identity multihash of a public key, or the sha2-256 of one; content has the latter too. */
function isPeerId(bytes: Uint8Array): boolean {
  return isIdMultihash(bytes) && (bytes[0] === 0x12 || bytes[2] === 0x08)
}

function suffixOf(bytes: Uint8Array, prefix: string): Uint8Array | undefined {
  const isThere = bytes.length > prefix.length && prefix === printableText(bytes.subarray(0, prefix.length))
  return isThere ? bytes.subarray(prefix.length) : undefined
}
