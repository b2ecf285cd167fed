import { equals } from 'uint8arrays/equals'
import type { LookupCounts } from '../lookup/lookup.ts'
import type { RequestError } from '../network.ts'
import { type Peer, peerFromBytes } from '../peer.ts'
import type { RpcMessage, WirePeer } from '../wire/message.ts'
import { findNode } from './closest-peers.ts'
import type { DhtContext } from './context.ts'
import { type OperationOptions, type OperationResult, type OwnFields, runOperation } from './operation.ts'

export interface FindPeerOptions extends OperationOptions {
  /** Ask the network even when addresses are known. Default false. */
  skipLocal?: boolean
}

export interface FindPeerResult extends OperationResult {
  /** With every address heard of; absent when nobody knows one. */
  peer?: Peer
  /** True when the peer itself was reached, or is known from before. */
  isVerified: boolean
  /** Who named its addresses, by base58btc id. */
  namedBy: string[]
  /** The nearest peers that answered, nearest first. */
  closest: Peer[]
  counts?: LookupCounts
}

/** Addresses kept of the peer, whoever named them. */
const MAX_ADDRS = 16

/**
 * Finds the addresses of a peer, given the bytes (multihash) of its id. An
 * address somebody names is not believed at once: the lookup asks the peer
 * there, and ends early only when it is reached; a liar costs nothing more.
 * Throws `CancelledError`, and what `peerFromBytes` throws for bad bytes.
 */
export function findPeer(
  context: DhtContext,
  idBytes: Uint8Array,
  options: FindPeerOptions = {},
): Promise<FindPeerResult> {
  return runOperation<OwnFields<FindPeerResult>>(
    context,
    'FIND_PEER',
    idBytes,
    options,
    async (operation) => {
      const wanted = peerFromBytes(idBytes)
      const known = options.skipLocal ? undefined : await findLocally(context, wanted)
      if (known !== undefined) {
        const value = { peer: known, isVerified: true, namedBy: [], closest: [] }
        return { value, reason: 'local', result: `known at ${known.addrs.length} addresses` }
      }
      const sightings = new Sightings(wanted, (entry) => context.requests.peerOf(entry)?.addrs ?? [])
      const { closest, counts } = await operation.lookup({
        message: findNode(idBytes),
        onReply: ({ peer, message }, stop) => {
          sightings.read(peer, message)
          if (peer.id === wanted.id) sightings.reached(peer)
          if (sightings.isVerified) stop()
        },
        onFailure: (peer, error, stop) => {
          if (peer.id !== wanted.id || !wasReached(error)) return
          sightings.reached(peer)
          stop()
        },
      })
      return { value: { ...sightings.value(), closest, counts }, result: sightings.text() }
    },
  )
}

async function findLocally({ network }: DhtContext, wanted: Peer): Promise<Peer | undefined> {
  if (wanted.id === network.self.id) return network.self
  const known = await network.findKnown(wanted.bytes)
  return known !== undefined && known.addrs.length > 0 ? known : undefined
}

/** A connection proves the id, also when the peer is a client and serves nothing. */
function wasReached({ failure }: RequestError): boolean {
  return failure === 'unsupported' || failure === 'reset' || failure === 'invalid'
}

/** What was said about one peer's addresses. */
class Sightings {
  readonly #wanted: Peer
  readonly #addrsOf: (entry: WirePeer) => readonly Uint8Array[]
  readonly #addrs: Uint8Array[] = []
  readonly #namedBy = new Set<string>()
  isVerified = false

  constructor(wanted: Peer, addrsOf: (entry: WirePeer) => readonly Uint8Array[]) {
    this.#wanted = wanted
    this.#addrsOf = addrsOf
  }

  read(from: Peer, message: RpcMessage): void {
    for (const entry of message.closerPeers) {
      if (!equals(entry.id, this.#wanted.bytes)) continue
      const addrs = this.#addrsOf(entry)
      if (addrs.length > 0) this.#namedBy.add(from.id)
      this.#add(addrs)
    }
  }

  reached(peer: Peer): void {
    this.isVerified = true
    this.#add(peer.addrs)
  }

  value(): Pick<FindPeerResult, 'peer' | 'isVerified' | 'namedBy'> {
    const peer = this.#addrs.length === 0 ? undefined : { ...this.#wanted, addrs: this.#addrs }
    const { isVerified } = this
    return { ...(peer !== undefined && { peer }), isVerified, namedBy: [...this.#namedBy] }
  }

  text(): string {
    if (this.#addrs.length === 0) return 'not found'
    return `${this.isVerified ? 'reached' : 'named, not reached'}, ${this.#addrs.length} addresses`
  }

  #add(addrs: readonly Uint8Array[]): void {
    for (const addr of addrs) {
      if (this.#addrs.length >= MAX_ADDRS) return
      if (!this.#addrs.some((known) => equals(known, addr))) this.#addrs.push(addr)
    }
  }
}
