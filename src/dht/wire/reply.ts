import type { MultiaddrFilter } from '../address-filter.ts'
import type { Peer } from '../peer.ts'
import { encodePeer, MAX_ADDR_BYTES_PER_PEER, MAX_ADDRS_PER_PEER } from './codec.ts'
import { uvarintLength, writeUvarint } from './framing.ts'
import type { MessageType, WirePeer } from './message.ts'

/** A reply in parts; the peer entries and the record are encoded already. */
export interface ReplyParts {
  type: MessageType
  key?: Uint8Array
  record?: Uint8Array
  closerPeers?: readonly Uint8Array[]
  providerPeers?: readonly Uint8Array[]
  senderRecord?: Uint8Array
}

const tags = {
  type: 0x08,
  key: 0x12,
  record: 0x1a,
  closerPeers: 0x42,
  providerPeers: 0x4a,
  senderRecord: 0x5a,
}

/** Puts a reply together in one buffer; gives the same bytes as `encodeMessage` of the whole. */
export function encodeReply(parts: ReplyParts): Uint8Array {
  const fields = replyFields(parts)
  const bytes = new Uint8Array(replySizeOf(parts, fields))
  let at = 0
  if (parts.type !== 0) {
    bytes[at++] = tags.type
    bytes[at++] = parts.type
  }
  for (const [tag, values] of fields) {
    for (const value of values) {
      bytes[at++] = tag
      at = writeUvarint(value.length, bytes, at)
      bytes.set(value, at)
      at += value.length
    }
  }
  return bytes
}

/** Size of the reply in bytes, without building it. */
export function replySize(parts: ReplyParts): number {
  return replySizeOf(parts, replyFields(parts))
}

type Fields = readonly (readonly [number, readonly Uint8Array[]])[]

function replyFields(parts: ReplyParts): Fields {
  return [
    [tags.key, optional(parts.key)],
    [tags.record, optional(parts.record)],
    [tags.closerPeers, parts.closerPeers ?? none],
    [tags.providerPeers, parts.providerPeers ?? none],
    [tags.senderRecord, optional(parts.senderRecord)],
  ]
}

function replySizeOf(parts: ReplyParts, fields: Fields): number {
  let sizeBytes = parts.type === 0 ? 0 : 2
  for (const [, values] of fields) {
    for (const value of values) sizeBytes += 1 + uvarintLength(value.length) + value.length
  }
  return sizeBytes
}

const none: readonly Uint8Array[] = []

function optional(value: Uint8Array | undefined): readonly Uint8Array[] {
  return value === undefined ? none : [value]
}

/** What a reply says of a peer. */
export type ReplyPeer = Pick<Peer, 'id' | 'bytes' | 'addrs'>

/** One peer as it goes into replies. */
export interface PeerEntry {
  readonly bytes: Uint8Array
  /** True when an address is left for others to dial. */
  readonly isDialable: boolean
}

/**
 * Peers as reply entries, each encoded once for the life of the peer's object:
 * addresses the network's filter refuses are left out, and of the others at
 * most 16 or 8 KiB are kept.
 */
export class PeerEntries {
  readonly #filter: MultiaddrFilter
  readonly #entries = new WeakMap<ReplyPeer, PeerEntry>()

  constructor(filter: MultiaddrFilter) {
    this.#filter = filter
  }

  /** The encoded entry, without envelope. */
  of(peer: ReplyPeer): PeerEntry {
    const known = this.#entries.get(peer)
    if (known !== undefined) return known
    const wire = this.toWire(peer)
    const entry = { bytes: encodePeer(wire), isDialable: wire.addrs.length > 0 }
    this.#entries.set(peer, entry)
    return entry
  }

  /** The entry before encoding, with an envelope when there is one. */
  toWire(peer: ReplyPeer, envelope?: Uint8Array): WirePeer {
    const addrs: Uint8Array[] = []
    let sizeBytes = 0
    for (const addr of peer.addrs) {
      if (!this.#filter(addr)) continue
      sizeBytes += addr.length
      if (addrs.length === MAX_ADDRS_PER_PEER || sizeBytes > MAX_ADDR_BYTES_PER_PEER) break
      addrs.push(addr)
    }
    return { id: peer.bytes, addrs, connection: 0, ...(envelope !== undefined && { signedRecord: envelope }) }
  }
}
