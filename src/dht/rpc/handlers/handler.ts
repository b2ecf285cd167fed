import type { Clock } from '../../clock.ts'
import { DhtError } from '../../errors.ts'
import type { Publish } from '../../events.ts'
import { keyFromBytes } from '../../key.ts'
import type { Network } from '../../network.ts'
import type { Peer } from '../../peer.ts'
import type { NamespacedValidator } from '../../records/namespaced-validator.ts'
import type { RoutingTable } from '../../routing-table/routing-table.ts'
import type { ProviderStorage } from '../../stores/provider-storage.ts'
import type { ValueStorage } from '../../stores/value-storage.ts'
import type { RpcMessage } from '../../wire/message.ts'
import type { PeerEntries, ReplyPeer } from '../../wire/reply.ts'
import type { ServerSettings } from '../server-settings.ts'

/** Signed peer records (protocol.md §7), as far as the server needs them. */
export interface Envelopes {
  /** Our own, sent to requesters that sent theirs. */
  own(): Promise<Uint8Array | undefined>
  /** The one kept of a peer, by base58btc id. */
  of(peer: string): Uint8Array | undefined
  /** Checks an envelope that `peer` says is its own and keeps it; false when it must not be believed. */
  consume(envelope: Uint8Array, peer: Peer): Promise<boolean>
}

/** What the handlers work on. */
export interface HandlerContext {
  network: Pick<Network, 'self' | 'addressFilter' | 'findKnown'>
  table: Pick<RoutingTable, 'closest'>
  values: ValueStorage
  providers: ProviderStorage
  validator: Pick<NamespacedValidator, 'validate' | 'select' | 'covers' | 'expiresAt'>
  clock: Clock
  publish: Publish
  settings: ServerSettings
  entries: PeerEntries
  /** Without it, envelopes are neither read nor sent. */
  envelopes?: Envelopes
}

/** A reply before its peers are encoded and cut to size. */
export interface Reply {
  key?: Uint8Array
  /** Encoded. */
  record?: Uint8Array
  /** Nearest first. */
  closerPeers?: readonly ReplyPeer[]
  providerPeers?: readonly ReplyPeer[]
}

/** Answers one request; undefined where the protocol knows no reply. Throws `RequestRejected` to reset the stream. */
export type Handler = (context: HandlerContext, from: Peer, request: RpcMessage) => Promise<Reply | undefined>

/** A rule or a validator said no. The message tells which, and is shown. */
export class RequestRejected extends DhtError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_REQUEST_REJECTED', message, options)
  }
}

/** The request's key when it has between 1 and `maxBytes` bytes; else throws `RequestRejected`. */
export function requiredKey(request: RpcMessage, maxBytes: number): Uint8Array {
  const key = request.key ?? new Uint8Array()
  if (key.length === 0) throw new RequestRejected('The request has no key.')
  if (key.length > maxBytes) {
    throw new RequestRejected(`The key takes ${key.length} bytes; at most ${maxBytes} are accepted.`)
  }
  return key
}

/** The k nearest to the key that others can dial, without the requester and without `besides`; nearest first. */
export function closerPeers(context: HandlerContext, from: Peer, key: Uint8Array, besides?: Peer): Peer[] {
  const { entries, settings, table } = context
  const closer: Peer[] = []
  for (const peer of table.closest(keyFromBytes(key), settings.k + 2)) {
    if (peer.id === from.id || peer.id === besides?.id || !entries.of(peer).isDialable) continue
    if (closer.push(peer) === settings.k) break
  }
  return closer
}
