import type { Connection, Stream } from '@libp2p/interface'
import type { Clock } from '../clock.ts'
import type { Publish } from '../events.ts'
import type { Peer } from '../peer.ts'
import { remotePeerOf } from './connected-peers.ts'
import type { HandledRequest, RequestHandlers } from './handlers.ts'
import { InboundStream } from './inbound-stream.ts'
import { ByteSlots, LimitReports, Patience, StreamSlots, TaskSlots } from './limits.ts'

/** Who sends on without waiting for answers counts as so many refused requests: its bytes cost whether read or not. */
const FLOOD_WEIGHT = 100

/** How often deadlines are looked at. */
const SWEEP_MS = 1_000

/** Limits of inbound streams; protocol.md §8, 3 and 4. */
export interface InboundLimits {
  /** Default 32. */
  maxStreamsPerConnection: number
  /**
   * Bytes of requests that have arrived, in part or waiting for their turn,
   * over all streams of a connection. The stream that brings more is reset.
   * Default 512 KiB: nobody known sends a second request before the first is answered.
   */
  maxBufferedBytesPerConnection: number
  /**
   * A connection with more refusals by limits within a minute is closed: what
   * comes in on it costs decryption, whatever becomes of it. Default 1,000.
   */
  maxRefusalsPerConnection: number
  /** Requests answered at a time, over all peers. Default 256. */
  maxConcurrentRequests: number
  /** Requests that wait for it; beyond it they are refused. Default 8,192. */
  maxWaitingRequests: number
  /** A stream without a request for this long is reset. Default 60,000. */
  idleTimeoutMs: number
  /** A request must be complete within this time of its first byte. Default 10,000. */
  frameTimeoutMs: number
}

export const INBOUND_LIMITS: InboundLimits = {
  maxStreamsPerConnection: 32,
  maxBufferedBytesPerConnection: 512 * 1024,
  maxRefusalsPerConnection: 1_000,
  maxConcurrentRequests: 256,
  maxWaitingRequests: 8_192,
  idleTimeoutMs: 60_000,
  frameTimeoutMs: 10_000,
}

export interface InboundStreamsInit {
  handlers: Pick<RequestHandlers, 'handle' | 'refuse' | 'refusals' | 'maxRequestSizeBytes'>
  clock: Clock
  publish: Publish
  limits?: Partial<InboundLimits>
}

/** All streams on which others ask us. */
export class InboundStreams {
  readonly #handlers: InboundStreamsInit['handlers']
  readonly #clock: Clock
  readonly #limits: InboundLimits
  readonly #slots: StreamSlots
  readonly #buffers: ByteSlots
  readonly #patience: Patience
  readonly #requests: TaskSlots
  readonly #reports: LimitReports
  readonly #streams = new Set<InboundStream>()
  #cancelSweep: (() => void) | undefined

  constructor({ handlers, clock, publish, limits }: InboundStreamsInit) {
    this.#handlers = handlers
    this.#clock = clock
    this.#limits = { ...INBOUND_LIMITS, ...limits }
    this.#slots = new StreamSlots(this.#limits.maxStreamsPerConnection)
    this.#buffers = new ByteSlots(this.#limits.maxBufferedBytesPerConnection)
    this.#patience = new Patience(clock, this.#limits.maxRefusalsPerConnection)
    this.#requests = new TaskSlots(this.#limits.maxConcurrentRequests, this.#limits.maxWaitingRequests)
    this.#reports = new LimitReports({ clock, publish })
  }

  /** Open inbound streams. */
  get size(): number {
    return this.#streams.size
  }

  /** Streams and requests refused by a limit since the start, by limit. */
  get refusals(): Record<string, number> {
    return { ...this.#handlers.refusals, ...Object.fromEntries(this.#reports.totals) }
  }

  /** Takes over a stream whose protocol has been negotiated. Never throws. */
  handle(stream: Stream, connection: Connection): void {
    const from = remotePeerOf(connection)
    const release = this.#slots.take(connection)
    if (release === undefined) {
      this.#refuseStream(stream, connection, from)
      return
    }
    const { idleTimeoutMs, frameTimeoutMs } = this.#limits
    let isOver = false
    const inbound: InboundStream = new InboundStream({
      stream,
      idleTimeoutMs,
      frameTimeoutMs,
      maxRequestSizeBytes: this.#handlers.maxRequestSizeBytes,
      monotonic: () => this.#clock.monotonic(),
      hold: (bytes) => this.#hold(connection, from, bytes),
      handle: (request) => this.#answered(connection, from, request),
      refused: (outcome, reason, sizeBytes) => this.#handlers.refuse(from, outcome, reason, sizeBytes),
      ended: () => {
        isOver = true
        release()
        this.#streams.delete(inbound)
      },
    })
    if (isOver) return
    this.#streams.add(inbound)
    this.#scheduleSweep()
  }

  /** Resets every inbound stream. New ones may follow. */
  stop(): void {
    this.#cancelSweep?.()
    this.#cancelSweep = undefined
    for (const stream of [...this.#streams]) stream.reset('The node does not serve any more.')
  }

  #answer(from: Peer, request: Uint8Array): Promise<HandledRequest> {
    if (!this.#requests.isFull) return this.#requests.run(() => this.#handlers.handle(from, request))
    const reason = 'Too many requests are waiting.'
    this.#reports.hit('concurrent requests', reason, from.id)
    this.#handlers.refuse(from, 'limited', reason, request.length)
    return Promise.resolve({ outcome: 'limited', reason, messageType: 'UNKNOWN' })
  }

  #hold(connection: Connection, from: Peer, bytes: number): boolean {
    if (this.#buffers.change(connection, bytes)) return true
    const reason = `More than ${this.#limits.maxBufferedBytesPerConnection} bytes of requests wait to be answered.`
    this.#reports.hit('waiting bytes per connection', reason, from.id)
    this.#refused(connection, from, FLOOD_WEIGHT)
    return false
  }

  async #answered(connection: Connection, from: Peer, request: Uint8Array): Promise<HandledRequest> {
    const handled = await this.#answer(from, request)
    if (handled.outcome === 'limited') this.#refused(connection, from, 1)
    return handled
  }

  /** Closes a connection whose requests were refused too often. */
  #refused(connection: Connection, from: Peer, weight: number): void {
    if (connection.status !== 'open' || !this.#patience.isExhaustedBy(connection, weight)) return
    const reason = 'The connection was closed: too many of its requests were over a limit.'
    this.#reports.hit('refusals per connection', reason, from.id)
    connection.abort(new Error(reason))
  }

  #refuseStream(stream: Stream, connection: Connection, from: Peer): void {
    const reason = `The connection has ${this.#limits.maxStreamsPerConnection} streams open, as many as are allowed.`
    this.#reports.hit('streams per connection', reason, from.id)
    this.#handlers.refuse(from, 'limited', reason)
    stream.abort(new Error(reason))
    this.#refused(connection, from, 1)
  }

  #scheduleSweep(): void {
    this.#cancelSweep ??= this.#clock.schedule(SWEEP_MS, () => {
      this.#cancelSweep = undefined
      const now = this.#clock.monotonic()
      for (const stream of [...this.#streams]) if (stream.deadlineMs <= now) stream.expire()
      if (this.#streams.size > 0) this.#scheduleSweep()
    })
  }
}
