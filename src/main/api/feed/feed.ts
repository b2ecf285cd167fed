import type { Clock } from '../../../dht/clock.ts'
import {
  BATCH_INTERVAL_MS,
  type FeedBatch,
  type FeedEvent,
  type FeedEventOf,
  MAX_UNACKNOWLEDGED,
} from '../../../shared/feed.ts'
import { Outbox } from './outbox.ts'

export interface FeedInit {
  feedId: string
  backendId: string
  clock: Clock
  /** The network the events speak of. */
  networkId(): string | undefined
  snapshot(): FeedEventOf<'snapshot:taken'>
}

/**
 * One client's subscription: numbered batches, at most ten a second, and at
 * most four that the client has not acknowledged; meanwhile the outbox merges.
 * Nothing is sent while nothing changes.
 */
export class Feed {
  readonly feedId: string
  readonly #init: FeedInit
  readonly #outbox = new Outbox()
  #watched: ReadonlySet<string> = new Set()
  #queue: FeedBatch[] = []
  #wake: (() => void) | undefined
  #cancelTimer: (() => void) | undefined
  #lastSentMs = Number.NEGATIVE_INFINITY
  #sentSeq = 0
  #acknowledgedSeq = 0
  #isClosed = false

  constructor(init: FeedInit) {
    this.feedId = init.feedId
    this.#init = init
    this.#schedule()
  }

  /** Events of the node, those that bring nothing to send too. */
  noteSeen(count: number, dropped = 0): void {
    this.#outbox.noteSeen(count)
    this.#outbox.noteDropped(dropped)
  }

  push(event: FeedEvent): void {
    if (this.#isClosed || (event.type === 'trace:grew' && !this.#watched.has(event.id))) return
    this.#outbox.add(event)
    this.#schedule()
  }

  /** The client has everything up to `seq`; numbers it cannot have are ignored. */
  acknowledge(seq: number): void {
    if (seq > this.#sentSeq) return
    this.#acknowledgedSeq = Math.max(this.#acknowledgedSeq, seq)
    this.#schedule()
  }

  /** The client lost its place: it gets a snapshot, and what it did not acknowledge counts no more. */
  resync(): void {
    this.#acknowledgedSeq = this.#sentSeq
    this.#outbox.requireSnapshot()
    this.#schedule()
  }

  watch(traceIds: readonly string[]): void {
    this.#watched = new Set(traceIds)
  }

  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
    this.#wake?.()
  }

  /** The batches as they become due; ends when the feed is closed. */
  async *batches(): AsyncGenerator<FeedBatch, void, void> {
    while (!this.#isClosed) {
      const batch = this.#queue.shift()
      if (batch !== undefined) yield batch
      else await new Promise<void>((resolve) => this.#waitFor(resolve))
    }
  }

  #waitFor(resolve: () => void): void {
    this.#wake = resolve
    if (this.#isClosed || this.#queue.length > 0) resolve()
  }

  #schedule(): void {
    if (this.#isClosed || this.#cancelTimer !== undefined || !this.#maySend()) return
    const dueMs = this.#lastSentMs + BATCH_INTERVAL_MS - this.#init.clock.monotonic()
    this.#cancelTimer = this.#init.clock.schedule(Math.max(0, dueMs), () => {
      this.#cancelTimer = undefined
      if (this.#maySend()) this.#send()
    })
  }

  #maySend(): boolean {
    return !this.#outbox.isEmpty() && this.#sentSeq - this.#acknowledgedSeq < MAX_UNACKNOWLEDGED
  }

  #send(): void {
    const { feedId, backendId, clock } = this.#init
    const networkId = this.#init.networkId()
    const outgoing = this.#outbox.take(() => this.#init.snapshot())
    this.#lastSentMs = clock.monotonic()
    this.#queue.push({
      feedId,
      seq: ++this.#sentSeq,
      backendId,
      at: clock.now(),
      ...(networkId !== undefined && { networkId }),
      ...outgoing,
    })
    this.#wake?.()
  }
}
