import { encodePeer } from '../wire/codec.ts'
import type { MessageType } from '../wire/message.ts'
import { encodeReply, type PeerEntries, type ReplyParts, type ReplyPeer, replySize } from '../wire/reply.ts'
import type { Reply } from './handlers/handler.ts'

/** How a reply is cut down, step by step, until it fits: addresses of each peer, then envelopes. */
const REDUCTIONS = [
  { maxAddrs: 8, hasEnvelopes: true },
  { maxAddrs: 4, hasEnvelopes: true },
  { maxAddrs: 2, hasEnvelopes: true },
  { maxAddrs: 1, hasEnvelopes: true },
  { maxAddrs: 1, hasEnvelopes: false },
] as const

export interface ReplyBuilderOptions {
  entries: PeerEntries
  /** Default reply size in bytes; a record is sent whole and does not count. */
  maxSizeBytes: number
}

/** What goes into a reply for a requester that sent its own envelope. */
export interface ReplyEnvelopes {
  own: Uint8Array | undefined
  of(peer: string): Uint8Array | undefined
}

/**
 * Encodes replies within a size: trailing addresses of every peer go first,
 * then envelopes, then the peers at the end of the lists, which are the
 * farthest and the providers heard of longest ago.
 */
export class ReplyBuilder {
  readonly #entries: PeerEntries
  readonly #maxSizeBytes: number

  constructor(options: ReplyBuilderOptions) {
    this.#entries = options.entries
    this.#maxSizeBytes = options.maxSizeBytes
  }

  /** The reply's bytes, without length prefix. */
  build(type: MessageType, reply: Reply, envelopes?: ReplyEnvelopes): Uint8Array {
    const fixed: ReplyParts = {
      type,
      ...(reply.key !== undefined && { key: reply.key }),
      ...(reply.record !== undefined && { record: reply.record }),
      ...(envelopes?.own !== undefined && { senderRecord: envelopes.own }),
    }
    const { closerPeers = [], providerPeers = [] } = reply
    const whole = (peer: ReplyPeer) => this.#entry(peer, envelopes, Number.POSITIVE_INFINITY)
    let parts = withPeers(fixed, closerPeers.map(whole), providerPeers.map(whole))
    for (const { maxAddrs, hasEnvelopes } of REDUCTIONS) {
      if (this.#fits(parts)) return encodeReply(parts)
      const reduced = (peer: ReplyPeer) => this.#entry(peer, hasEnvelopes ? envelopes : undefined, maxAddrs)
      parts = withPeers(fixed, closerPeers.map(reduced), providerPeers.map(reduced))
    }
    return encodeReply(this.#withoutTrailingPeers(fixed, parts))
  }

  #entry(peer: ReplyPeer, envelopes: ReplyEnvelopes | undefined, maxAddrs: number): Uint8Array {
    const envelope = envelopes?.of(peer.id)
    if (envelope === undefined && maxAddrs === Number.POSITIVE_INFINITY) return this.#entries.of(peer).bytes
    const wire = this.#entries.toWire(peer, envelope)
    return encodePeer({ ...wire, addrs: wire.addrs.slice(0, maxAddrs) })
  }

  #fits(parts: ReplyParts): boolean {
    return replySize(parts) - (parts.record?.length ?? 0) <= this.#maxSizeBytes
  }

  /** Takes from the longer list first, so that both kinds are in the reply. */
  #withoutTrailingPeers(fixed: ReplyParts, parts: ReplyParts): ReplyParts {
    const closer = [...(parts.closerPeers ?? [])]
    const providers = [...(parts.providerPeers ?? [])]
    while (closer.length + providers.length > 0 && !this.#fits(withPeers(fixed, closer, providers))) {
      if (providers.length > closer.length) providers.pop()
      else closer.pop()
    }
    return withPeers(fixed, closer, providers)
  }
}

function withPeers(fixed: ReplyParts, closerPeers: Uint8Array[], providerPeers: Uint8Array[]): ReplyParts {
  return { ...fixed, closerPeers, providerPeers }
}
