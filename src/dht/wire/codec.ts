import { withArrayBuffer as ownBuffer } from 'uint8arrays/with-array-buffer'
import { Message, Peer as PeerCodec, Record as RecordCodec } from './dht.ts'
import { MalformedMessageError } from './malformed-message-error.ts'
import type { KadRecord, MessageType, MessageTypeName, RpcMessage, WirePeer } from './message.ts'
import { isMultihash } from './multihash.ts'

/** Entries read of one list by default; what comes after is counted as dropped. Most replies carry 20 to 40. */
export const MAX_PEERS_READ = 1000
/** Addresses kept of one peer (protocol.md §8, 17). */
export const MAX_ADDRS_PER_PEER = 16
/** Bytes of addresses kept of one peer. */
export const MAX_ADDR_BYTES_PER_PEER = 8192
/** Largest signed peer record kept (protocol.md §7). */
export const MAX_ENVELOPE_SIZE_BYTES = 8192

/** List elements beyond which a frame is no honest message. A peer takes 36 bytes and more. */
const MAX_LIST_ELEMENTS = 120_000
/** A peer entry with all its addresses and its envelope, and room for fields we do not know. */
const MAX_PEER_ENTRY_BYTES = 64 * 1024
const MAX_TIME_RECEIVED_CHARS = 64

/** What came out of a frame. */
export interface DecodedMessage {
  message: RpcMessage
  /** Elements left out: damaged or oversized peers and records, and entries past `maxPeers`. */
  dropped: number
}

const typeNames: Record<MessageType, MessageTypeName> = {
  0: 'PUT_VALUE',
  1: 'GET_VALUE',
  2: 'ADD_PROVIDER',
  3: 'GET_PROVIDERS',
  4: 'FIND_NODE',
  5: 'PING',
}

/** The name of a message type. */
export function messageTypeName(type: MessageType): MessageTypeName {
  return typeNames[type]
}

/** Encodes a message, without a length prefix. */
export function encodeMessage(message: RpcMessage): Uint8Array {
  return Message.encode({
    type: message.type,
    ...(message.key !== undefined && { key: ownBuffer(message.key) }),
    ...(message.record !== undefined && { record: ownBuffer(encodeRecord(message.record)) }),
    closerPeers: message.closerPeers.map((peer) => ownBuffer(encodePeer(peer))),
    providerPeers: message.providerPeers.map((peer) => ownBuffer(encodePeer(peer))),
    ...(message.senderRecord !== undefined && { senderRecord: ownBuffer(message.senderRecord) }),
  })
}

/**
 * Decodes one message (no length prefix). Fields that are not known are
 * skipped; a damaged peer or record costs that element (protocol.md §1).
 * Nothing returned shares memory with `bytes`. At most `maxPeers` entries
 * (default 1,000) of each list are looked at: every damaged one costs time.
 * Throws `MalformedMessageError`, and nothing else, when the bytes are empty,
 * no message, or of a type that does not exist.
 */
export function decodeMessage(bytes: Uint8Array, maxPeers = MAX_PEERS_READ): DecodedMessage {
  if (bytes.length === 0) throw new MalformedMessageError('The message is empty.')
  const fields = decodeFields(bytes)
  const counter = { dropped: 0 }
  const record = fields.record === undefined ? undefined : orDropped(fields.record, decodeRecord, counter)
  const message: RpcMessage = {
    type: knownType(fields.type),
    ...(fields.key !== undefined && { key: copy(fields.key) }),
    ...(record !== undefined && { record }),
    closerPeers: decodePeers(fields.closerPeers, maxPeers, counter),
    providerPeers: decodePeers(fields.providerPeers, maxPeers, counter),
    ...(fields.senderRecord !== undefined && { senderRecord: copy(fields.senderRecord) }),
  }
  return { message, dropped: counter.dropped }
}

/** Encodes one entry of closerPeers or providerPeers. */
export function encodePeer(peer: WirePeer): Uint8Array {
  return PeerCodec.encode({
    id: ownBuffer(peer.id),
    addrs: peer.addrs.map(ownBuffer),
    connection: peer.connection,
    ...(peer.signedRecord !== undefined && { signedRecord: ownBuffer(peer.signedRecord) }),
  })
}

/**
 * Decodes one peer entry. Addresses past 16 or 8 KiB and an envelope past
 * 8 KiB are left out; an unknown connection type becomes `NOT_CONNECTED`.
 * Throws `MalformedMessageError` when the entry is damaged, above 64 KiB, or
 * its id is no multihash.
 */
export function decodePeer(bytes: Uint8Array): WirePeer {
  if (bytes.length > MAX_PEER_ENTRY_BYTES) {
    throw new MalformedMessageError(`The peer entry of ${bytes.length} bytes is larger than 64 KiB.`)
  }
  const peer = guarded('peer entry', () => PeerCodec.decode(copy(bytes)))
  if (!isMultihash(peer.id)) throw new MalformedMessageError('The id of the peer entry is no multihash.')
  const envelope = peer.signedRecord
  return {
    id: peer.id,
    addrs: withinLimits(peer.addrs),
    connection: peer.connection <= 3 ? peer.connection : 0,
    ...(envelope !== undefined && envelope.length <= MAX_ENVELOPE_SIZE_BYTES && { signedRecord: envelope }),
  }
}

/** Encodes a record as it stands in field 3 of a message. */
export function encodeRecord(record: KadRecord): Uint8Array {
  return RecordCodec.encode({
    key: ownBuffer(record.key),
    value: ownBuffer(record.value),
    timeReceived: record.timeReceived,
    ...(record.author !== undefined && { author: ownBuffer(record.author) }),
    ...(record.signature !== undefined && { signature: ownBuffer(record.signature) }),
    ...(record.publisher !== undefined && { publisher: ownBuffer(record.publisher) }),
    ttl: record.ttlSeconds ?? 0,
  })
}

/**
 * Decodes a record. Any text is taken for `timeReceived` (py-libp2p and rust
 * do not keep to RFC 3339), cut off at 64 characters.
 * Throws `MalformedMessageError` when the bytes are damaged.
 */
export function decodeRecord(bytes: Uint8Array): KadRecord {
  const record = guarded('record', () => RecordCodec.decode(bytes))
  return {
    key: copy(record.key),
    value: copy(record.value),
    timeReceived: record.timeReceived.slice(0, MAX_TIME_RECEIVED_CHARS),
    ...(record.author !== undefined && { author: copy(record.author) }),
    ...(record.signature !== undefined && { signature: copy(record.signature) }),
    ...(record.publisher !== undefined && { publisher: copy(record.publisher) }),
    ...(record.ttl !== 0 && { ttlSeconds: record.ttl }),
  }
}

function decodeFields(bytes: Uint8Array): Message {
  const limits = { closerPeers: MAX_LIST_ELEMENTS, providerPeers: MAX_LIST_ELEMENTS }
  return guarded('message', () => Message.decode(bytes, { limits }))
}

function knownType(type: number): MessageType {
  if (!isMessageType(type)) throw new MalformedMessageError(`Message type ${type} does not exist.`)
  return type
}

function isMessageType(type: number): type is MessageType {
  return type in typeNames
}

function decodePeers(entries: Uint8Array[], maxPeers: number, counter: { dropped: number }): WirePeer[] {
  counter.dropped += Math.max(0, entries.length - maxPeers)
  const peers: WirePeer[] = []
  for (const entry of entries.slice(0, maxPeers)) {
    const peer = orDropped(entry, decodePeer, counter)
    if (peer !== undefined) peers.push(peer)
  }
  return peers
}

function orDropped<T>(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => T,
  counter: { dropped: number },
): T | undefined {
  try {
    return decode(bytes)
  } catch {
    counter.dropped++
    return undefined
  }
}

function withinLimits(addrs: Uint8Array[]): Uint8Array[] {
  const kept: Uint8Array[] = []
  let sizeBytes = 0
  for (const addr of addrs) {
    sizeBytes += addr.length
    if (kept.length === MAX_ADDRS_PER_PEER || sizeBytes > MAX_ADDR_BYTES_PER_PEER) break
    if (addr.length > 0) kept.push(addr)
  }
  return kept
}

/** A copy in memory of its own; `slice` of a Node Buffer would share it. */
function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}

function guarded<T>(what: string, decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw new MalformedMessageError(`The bytes are no ${what} of the Kademlia protocol.`, { cause })
  }
}
