import type { PeerId, PeerStore, PrivateKey } from '@libp2p/interface'
import { peerIdFromMultihash, peerIdFromPublicKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import * as Digest from 'multiformats/hashes/digest'
import { equals } from 'uint8arrays/equals'
import { acceptAllAddresses, type MultiaddrFilter } from './address-filter.ts'
import type { Clock } from './clock.ts'
import type { Peer } from './peer.ts'
import type { Envelopes } from './rpc/handlers/handler.ts'
import { MAX_ENVELOPE_SIZE_BYTES } from './wire/codec.ts'
import type { RpcMessage, WirePeer } from './wire/message.ts'

/** Payload type of a peer record, multicodec `libp2p-peer-record`. */
const PAYLOAD_TYPE = Uint8Array.of(0x03, 0x01)
/** Envelopes kept of other peers; the one used longest ago goes first. */
const MAX_KEPT = 1_000

/** What a verified envelope says of the peer that signed it. */
export interface SignedPeerRecord {
  peerId: PeerId
  /** Later records have larger numbers. */
  seq: bigint
  multiaddrs: Multiaddr[]
}

/** What came of an envelope. `'known'`: the same number as before. */
export type EnvelopeOutcome = 'accepted' | 'known' | 'older' | 'invalid'

/**
 * Opens an envelope (libp2p RFC 0002 and 0003): size, domain, payload type and
 * signature are checked, and that the signer is the peer it speaks of, who
 * must be `expected`. Undefined when anything is wrong.
 */
export async function openSignedPeerRecord(
  envelope: Uint8Array,
  expected: PeerId,
): Promise<SignedPeerRecord | undefined> {
  if (envelope.length > MAX_ENVELOPE_SIZE_BYTES) return undefined
  try {
    const opened = await RecordEnvelope.openAndCertify(envelope, PeerRecord.DOMAIN)
    if (!equals(opened.payloadType, PAYLOAD_TYPE)) return undefined
    const record = PeerRecord.createFromProtobuf(opened.payload)
    const signer = peerIdFromPublicKey(opened.publicKey)
    if (!signer.equals(record.peerId) || !signer.equals(expected)) return undefined
    return { peerId: signer, seq: record.seqNumber, multiaddrs: record.multiaddrs }
  } catch {
    return undefined
  }
}

/** What `maybeConsumeSignedRecord` needs of a node. */
export interface SignedRecordHost {
  peerStore: PeerStore
}

/**
 * Checks the signed peer record that comes with a message (its sender's) or
 * with a peer entry, and puts its addresses in the peer store in place of the
 * certified ones held. True when there is none, when it is accepted or known
 * already; false when it must not be believed: damaged, too large, signed by
 * somebody else than `peerId` (for an entry: its own id), or older than the
 * one held. A sender's record without `peerId` is refused.
 * An older record in somebody else's entry is ignored and the entry stays (true).
 */
export async function maybeConsumeSignedRecord(
  message: RpcMessage | WirePeer,
  host: SignedRecordHost,
  peerId?: PeerId,
  addressFilter: MultiaddrFilter = acceptAllAddresses,
): Promise<boolean> {
  if ('id' in message) {
    if (message.signedRecord === undefined) return true
    const owner = idOf(message.id)
    if (owner === undefined || peerId?.equals(owner) === false) return false
    return (await consume(message.signedRecord, host, owner, addressFilter)) !== 'invalid'
  }
  if (message.senderRecord === undefined) return true
  if (peerId === undefined) return false
  const outcome = await consume(message.senderRecord, host, peerId, addressFilter)
  return outcome === 'accepted' || outcome === 'known'
}

async function consume(
  envelope: Uint8Array,
  { peerStore }: SignedRecordHost,
  owner: PeerId,
  addressFilter: MultiaddrFilter,
): Promise<EnvelopeOutcome> {
  const record = await openSignedPeerRecord(envelope, owner)
  if (record === undefined) return 'invalid'
  const held = await peerStore.get(owner).catch(() => undefined)
  const heldSeq = seqOf(held?.peerRecordEnvelope)
  if (heldSeq !== undefined && heldSeq >= record.seq) return heldSeq === record.seq ? 'known' : 'older'
  const addresses = record.multiaddrs
    .filter(({ bytes }) => addressFilter(bytes))
    .map((address) => ({ multiaddr: address, isCertified: true }))
  try {
    await peerStore.patch(owner, { peerRecordEnvelope: envelope, addresses })
    return 'accepted'
  } catch {
    return 'invalid'
  }
}

function idOf(bytes: Uint8Array): PeerId | undefined {
  try {
    return peerIdFromMultihash(Digest.decode(bytes))
  } catch {
    return undefined
  }
}

/** The number of an envelope that was verified when it was kept. */
function seqOf(envelope: Uint8Array | undefined): bigint | undefined {
  if (envelope === undefined) return undefined
  try {
    return PeerRecord.createFromProtobuf(RecordEnvelope.createFromProtobuf(envelope).payload).seqNumber
  } catch {
    return undefined
  }
}

export interface PeerRecordsInit {
  host: SignedRecordHost & { peerId: PeerId }
  clock: Clock
  addressFilter: MultiaddrFilter
  /** The node and the addresses it announces now. */
  self(): Peer
  /** Signs our own record; without it we send none. */
  privateKey?: PrivateKey
}

/** Our own envelope and those of peers that sent theirs, for the request handlers. */
export class PeerRecords implements Envelopes {
  readonly #init: PeerRecordsInit
  readonly #kept = new Map<string, Uint8Array>()
  #own: { addrs: readonly Uint8Array[]; seq: bigint; envelope: Uint8Array } | undefined

  constructor(init: PeerRecordsInit) {
    this.#init = init
  }

  /**
   * Signed anew in every millisecond it is asked for: identify numbers the
   * records it sends by the time of each, and py-libp2p ignores a reply whose
   * record is older than the one it holds.
   */
  async own(): Promise<Uint8Array | undefined> {
    const { privateKey, host, clock, self } = this.#init
    const { addrs } = self()
    if (privateKey === undefined) return undefined
    const last = this.#own
    const now = BigInt(Math.round(clock.now()))
    if (last?.addrs === addrs && last.seq >= now) return last.envelope
    const seq = last !== undefined && last.seq >= now ? last.seq + 1n : now
    const multiaddrs = addrs.map((address) => multiaddr(address))
    const record = new PeerRecord({ peerId: host.peerId, multiaddrs, seqNumber: seq })
    const envelope = (await RecordEnvelope.seal(record, privateKey)).marshal()
    this.#own = { addrs, seq, envelope }
    return envelope
  }

  of(peer: string): Uint8Array | undefined {
    return this.#kept.get(peer)
  }

  async consume(envelope: Uint8Array, peer: Peer): Promise<boolean> {
    const kept = this.#kept.get(peer.id)
    if (kept !== undefined && equals(kept, envelope)) return true
    const owner = idOf(peer.bytes)
    if (owner === undefined) return false
    const outcome = await consume(envelope, this.#init.host, owner, this.#init.addressFilter)
    if (outcome !== 'accepted' && outcome !== 'known') return false
    this.#keep(peer.id, new Uint8Array(envelope))
    return true
  }

  #keep(id: string, envelope: Uint8Array): void {
    this.#kept.delete(id)
    this.#kept.set(id, envelope)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest)
  }
}
