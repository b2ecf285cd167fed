import type { Clock } from '../clock.ts'
import type { Publish, RpcEvent, TableReason } from '../events.ts'
import { LatencyTracker } from '../lookup/latency-tracker.ts'
import { type Exchange, type Network, RequestError, type RequestOptions } from '../network.ts'
import type { Peer } from '../peer.ts'
import type { RoutingTable } from '../routing-table/routing-table.ts'
import { messageTypeName } from '../wire/codec.ts'
import type { RpcMessage, WirePeer } from '../wire/message.ts'
import { PeerBook } from './peer-book.ts'
import { PeerMemory } from './peer-memory.ts'
import type { DhtSettings } from './settings.ts'

/** The reason to abort a request with when its answer came to matter no more: it may go on unseen, see `send`. */
export const RELEASED = new RequestError('cancelled', 'The lookup ended before the answer came.')

/** Released requests that go on, at most. */
const MAX_DETACHED = 64

/** The part of the routing table that requests and operations use. */
export type LookupTable = Pick<RoutingTable, 'closest' | 'entry' | 'heardFrom' | 'failed' | 'remove'>

type Sent = Extract<RpcEvent, { type: 'rpc:sent' }>
type Replied = Extract<RpcEvent, { type: 'rpc:replied' }>

/** What the asker makes of a reply, for `rpc:replied`. */
export type ReplyFacts = Pick<Replied, 'heard' | 'dropped' | 'late'>

export interface SendOptions {
  purpose: Sent['purpose']
  operationId?: number
  cause?: string | undefined
  hop?: number
  signal?: AbortSignal
  reply?: RequestOptions['reply']
  /** Told the request's id before anything is sent. */
  onSent?: (rpcId: number) => void
  /** Reads the reply, before `rpc:replied` is published with what it returns. */
  takeReply?: (exchange: Exchange, rpcId: number) => ReplyFacts
}

/** A finished request with its id. */
export type SentExchange = Exchange & { rpcId: number }

export interface RequestsInit {
  network: Network
  clock: Clock
  table: LookupTable
  /** Where peers go that answered as servers and are not in the table. */
  admission: { offer(peer: Peer, reason: TableReason): void }
  publish: Publish
  settings: DhtSettings
  /** Makes a peer of a wire entry. Default: a `PeerBook` over the network's address filter. */
  peerOf?: (entry: WirePeer) => Peer
}

/**
 * The one place that sends. It publishes every request and its end, and passes
 * on what it teaches: to the routing table (alive, failed), to the admission
 * (a server not in the table), to the latency tracker, and to the memory of
 * peers that answered or stayed silent.
 */
export class Requests {
  readonly latency: LatencyTracker
  readonly memory: PeerMemory
  readonly #peerOf: (entry: WirePeer) => Peer
  readonly #init: RequestsInit
  readonly #running = new Set<AbortController>()
  #lastRpcId = 0
  #detached = 0
  #isStopped = false

  constructor(init: RequestsInit) {
    this.#init = init
    this.latency = new LatencyTracker(init.settings)
    this.memory = new PeerMemory(init.clock)
    const book = new PeerBook(init.network.addressFilter)
    this.#peerOf = init.peerOf ?? ((entry) => book.of(entry))
  }

  /** The peer a reply names; undefined when its id is none: one damaged entry must not cost a lookup. */
  peerOf(entry: WirePeer): Peer | undefined {
    try {
      return this.#peerOf(entry)
    } catch {
      return undefined
    }
  }

  /** The next request id, for inbound requests too: they share the count. */
  nextRpcId(): number {
    return ++this.#lastRpcId
  }

  /**
   * Sends a message and reads its reply. Throws `RequestError`, at once when
   * `signal` is aborted. When it is aborted with `RELEASED`, the request goes
   * on to its own timeout, unseen: silent table entries would otherwise never
   * be found out, since no lookup waits for them.
   */
  async send(peer: Peer, message: RpcMessage, options: SendOptions): Promise<SentExchange> {
    const rpcId = this.nextRpcId()
    const startedMs = this.#init.clock.monotonic()
    const common = {
      rpcId,
      peer: peer.id,
      messageType: messageTypeName(message.type),
      ...(options.operationId !== undefined && { operationId: options.operationId }),
    }
    options.onSent?.(rpcId)
    this.#publishSent(peer, message, options, common)
    try {
      const exchange = await this.#request(peer, message, options)
      this.#publishReplied(exchange, options, common, startedMs)
      return { ...exchange, rpcId }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      const { failure, timing, requestBytes } = error
      this.#init.publish({
        type: 'rpc:failed',
        ...common,
        failure,
        message: error.message,
        timing,
        durationMs: this.#init.clock.monotonic() - startedMs,
        ...(requestBytes !== undefined && { requestBytes }),
      })
      throw error
    }
  }

  /** Aborts every request under way, and every later one. */
  stop(): void {
    this.#isStopped = true
    for (const controller of this.#running) controller.abort(stopped())
  }

  /** Begins anew after `stop`. */
  start(): void {
    this.#isStopped = false
  }

  #request(peer: Peer, message: RpcMessage, options: SendOptions): Promise<Exchange> {
    const { signal } = options
    if (this.#isStopped) return Promise.reject(stopped())
    if (signal?.aborted) return Promise.reject(cancelled(signal))
    const controller = new AbortController()
    const request = this.#learning(peer, message, options, controller)
    if (signal === undefined) return request
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        reject(cancelled(signal))
        if (signal.reason !== RELEASED || !this.#detach(request)) controller.abort(signal.reason)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      request.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
    })
  }

  /** The bare request; what it teaches is noted whether or not anybody still waits for it. */
  async #learning(
    peer: Peer,
    message: RpcMessage,
    { reply, purpose }: SendOptions,
    controller: AbortController,
  ): Promise<Exchange> {
    const { network, clock, settings } = this.#init
    const startedMs = clock.monotonic()
    this.#running.add(controller)
    try {
      const exchange = await network.request(peer, message, {
        signal: controller.signal,
        timeoutMs: settings.requestTimeoutMs,
        dialTimeoutMs: settings.dialTimeoutMs,
        ...(reply !== undefined && { reply }),
      })
      this.#learnFromReply(peer, exchange, purpose, clock.monotonic() - startedMs)
      return exchange
    } catch (cause) {
      const error = asRequestError(cause, controller.signal)
      this.#learnFromFailure(peer, error)
      throw error
    } finally {
      this.#running.delete(controller)
    }
  }

  /** False when too many go on already. */
  #detach(request: Promise<unknown>): boolean {
    if (this.#detached >= MAX_DETACHED) return false
    this.#detached++
    const ended = () => {
      this.#detached--
    }
    request.then(ended, ended)
    return true
  }

  /** A probe is the admission's own: its end admits the peer, for the right reason. */
  #learnFromReply(
    peer: Peer,
    { reply, timing }: Exchange,
    purpose: SendOptions['purpose'],
    durationMs: number,
  ): void {
    // An ADD_PROVIDER that nobody answered tells neither how fast the peer is nor that it serves anybody.
    if (reply === undefined) return
    const { table, admission } = this.#init
    this.latency.record(durationMs, timing.dialMs)
    this.memory.answered(peer)
    if (table.entry(peer.id) !== undefined) {
      table.heardFrom(peer.id, { useful: reply.closerPeers.length > 0, rttMs: timing.waitMs })
    } else if (purpose !== 'probe') {
      admission.offer(peer, 'lookup')
    }
  }

  #learnFromFailure(peer: Peer, { failure }: RequestError): void {
    if (failure === 'cancelled') return
    this.memory.failed(peer)
    if (failure === 'unsupported') this.#init.table.remove(peer.id, 'not-server')
    else this.#init.table.failed(peer.id)
  }

  #publishSent(
    peer: Peer,
    message: RpcMessage,
    { purpose, cause, hop }: SendOptions,
    common: Pick<Sent, 'rpcId' | 'peer' | 'messageType' | 'operationId'>,
  ): void {
    this.#init.publish({
      type: 'rpc:sent',
      ...common,
      purpose,
      peerKey: peer.key,
      key: message.key ?? new Uint8Array(0),
      ...(cause !== undefined && { cause }),
      ...(hop !== undefined && { hop }),
    })
  }

  #publishReplied(
    exchange: Exchange,
    { takeReply }: SendOptions,
    common: Pick<Replied, 'rpcId' | 'peer' | 'messageType' | 'operationId'>,
    startedMs: number,
  ): void {
    const { reply, timing, address, requestBytes, replyBytes } = exchange
    const facts = takeReply?.(exchange, common.rpcId) ?? {
      heard: [],
      dropped: exchange.dropped ?? 0,
      late: false,
    }
    this.#init.publish({
      type: 'rpc:replied',
      ...common,
      ...facts,
      timing,
      durationMs: this.#init.clock.monotonic() - startedMs,
      hasRecord: reply?.record !== undefined,
      providers: reply?.providerPeers.length ?? 0,
      requestBytes,
      ...(address !== undefined && { address }),
      ...(replyBytes !== undefined && { replyBytes }),
    })
  }
}

function stopped(): RequestError {
  return new RequestError('cancelled', 'The node is stopping.')
}

function cancelled(signal: AbortSignal): RequestError {
  if (signal.reason === RELEASED) return RELEASED
  return new RequestError('cancelled', 'The request was cancelled.', { cause: signal.reason })
}

/** A network should throw nothing else; what it does throw still costs one request and no more. */
function asRequestError(cause: unknown, signal: AbortSignal): RequestError {
  if (cause instanceof RequestError) return cause
  if (signal.aborted) return cancelled(signal)
  const text = cause instanceof Error ? cause.message : String(cause)
  return new RequestError('invalid', `The request failed unexpectedly: ${text}`, { cause })
}
