import type { MultiaddrFilter } from './address-filter.ts'
import { DhtError } from './errors.ts'
import type { Peer } from './peer.ts'
import type { RpcMessage } from './wire/message.ts'

/** Where a request's time went, each in milliseconds; 0 for a phase that did not happen. */
export interface RequestTiming {
  /** Making the connection. 0 when one was open. */
  dialMs: number
  /** Opening the stream and agreeing on the protocol. */
  negotiateMs: number
  /** From the request's last byte written to the reply's last byte read. */
  waitMs: number
  /** Parsing the reply. */
  decodeMs: number
}

/** A finished request. */
export interface Exchange {
  /** Absent when `reply` was `'optional'` and the other side ended without one. */
  reply?: RpcMessage
  /** The message as it went over the wire, without its length prefix. */
  requestBytes: Uint8Array
  replyBytes?: Uint8Array
  /** Damaged elements that were left out of `reply` when it was decoded; absent means none. */
  dropped?: number
  timing: RequestTiming
  /** Text of the remote address in use, e.g. `/ip4/127.0.0.1/tcp/4001`. */
  address?: string
}

/** Why a request brought no reply. */
export type RequestFailure =
  /** No address of the peer could be reached (refused, unreachable, dial timeout). */
  | 'dial'
  /** The peer has no address we may dial. */
  | 'no-address'
  /** Connected, but it does not speak this network's protocol. */
  | 'unsupported'
  /** No reply within `timeoutMs`. */
  | 'timeout'
  /** The other side reset or closed the stream before replying. */
  | 'reset'
  /** The reply was no message, too large, or of another type. */
  | 'invalid'
  /** Our own signal was aborted. */
  | 'cancelled'

/** Thrown by `Network.request`; carries what was measured until then. */
export class RequestError extends DhtError {
  readonly failure: RequestFailure
  readonly timing: RequestTiming
  readonly requestBytes: Uint8Array | undefined

  constructor(
    failure: RequestFailure,
    message: string,
    details: { timing?: RequestTiming; requestBytes?: Uint8Array | undefined; cause?: unknown } = {},
  ) {
    super(`ERR_REQUEST_${failure.toUpperCase().replace('-', '_')}`, message, { cause: details.cause })
    this.failure = failure
    this.timing = details.timing ?? { dialMs: 0, negotiateMs: 0, waitMs: 0, decodeMs: 0 }
    this.requestBytes = details.requestBytes
  }
}

export interface RequestOptions {
  /** Aborting ends the dial and the stream at once. */
  signal?: AbortSignal
  /** Default 5,000. */
  dialTimeoutMs?: number
  /** Whole request, dial included. Default 10,000. */
  timeoutMs?: number
  /**
   * `'expected'` (default): a missing reply is a failure. `'optional'`
   * (ADD_PROVIDER, which go, js and rust do not answer): half-close and wait
   * up to 2 s for a reply or the end of the stream; a reset is a failure.
   */
  reply?: 'expected' | 'optional'
}

/** The core's only way to other peers. Implemented over libp2p, and by the simulator. */
export interface Network {
  /** This node, with the addresses it currently announces. */
  readonly self: Peer
  /** The network's rule for which gossiped addresses may be dialled or handed on. */
  readonly addressFilter: MultiaddrFilter
  /** Sends one message on a fresh stream and reads its reply. Throws `RequestError`. */
  request(peer: Peer, message: RpcMessage, options?: RequestOptions): Promise<Exchange>
  /** Connected peers known (by identify) to serve this network's protocol. */
  connectedServers(): Peer[]
  /** Peers of the peer store that have addresses, at most `limit`. */
  storedPeers(limit: number): Promise<Peer[]>
  /** The peer with the addresses known for it, whether it serves the protocol or not; undefined when unknown. */
  findKnown(idBytes: Uint8Array): Promise<Peer | undefined>
}
