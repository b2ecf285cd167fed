import type { Clock } from '../clock.ts'
import type { Publish } from '../events.ts'
import type { MessageTypeName } from '../wire/message.ts'

/** A token bucket's shape: `perSecond` tokens flow in, at most `burst` are kept. */
export interface Rate {
  perSecond: number
  burst: number
}

/** Requests allowed of one peer, by type. */
export type RequestRates = Record<MessageTypeName, Rate>

/**
 * Far above what a peer's lookups and reproviding need (a provider that sweeps
 * its keys sends hundreds of ADD_PROVIDER in a row), far below what hurts.
 */
export const DEFAULT_REQUEST_RATES: RequestRates = {
  PUT_VALUE: { perSecond: 20, burst: 100 },
  GET_VALUE: { perSecond: 100, burst: 400 },
  ADD_PROVIDER: { perSecond: 50, burst: 500 },
  GET_PROVIDERS: { perSecond: 100, burst: 400 },
  FIND_NODE: { perSecond: 100, burst: 400 },
  PING: { perSecond: 20, burst: 50 },
}

export interface RequestLimitsOptions {
  clock: Clock
  publish: Publish
  rates?: Partial<RequestRates>
  /** Peers remembered; beyond it the one heard longest ago is forgotten. Default 4,096. */
  maxPeers?: number
}

interface Bucket {
  tokens: number
  filledMs: number
}

type PeerBuckets = Partial<Record<MessageTypeName, Bucket>>

/**
 * Limits the requests of each peer by type, before anything dear is done for
 * them (protocol.md §8, 5). Memory is bounded by `maxPeers`.
 */
export class RequestLimits {
  readonly #clock: Clock
  readonly #rates: RequestRates
  readonly #maxPeers: number
  readonly #reports: LimitReports
  /** Peer heard longest ago first. */
  readonly #peers = new Map<string, PeerBuckets>()

  constructor(options: RequestLimitsOptions) {
    this.#clock = options.clock
    this.#rates = { ...DEFAULT_REQUEST_RATES, ...options.rates }
    this.#maxPeers = options.maxPeers ?? 4096
    this.#reports = new LimitReports(options)
  }

  /** Peers remembered now. */
  get size(): number {
    return this.#peers.size
  }

  /** Requests refused since the start, by type. */
  get refused(): ReadonlyMap<string, number> {
    return this.#reports.totals
  }

  /** Takes one token; false when the peer has none left for this type, which is counted and reported. */
  admit(peer: string, type: MessageTypeName): boolean {
    const bucket = this.#bucketOf(peer, type)
    if (bucket.tokens < 1) {
      const { perSecond } = this.#rates[type]
      this.#reports.hit(type, `The peer sent more than ${perSecond} ${type} requests a second.`, peer)
      return false
    }
    bucket.tokens--
    return true
  }

  #bucketOf(peer: string, type: MessageTypeName): Bucket {
    const { perSecond, burst } = this.#rates[type]
    const now = this.#clock.monotonic()
    const buckets = this.#touch(peer)
    const bucket = buckets[type] ?? { tokens: burst, filledMs: now }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledMs) * perSecond) / 1000)
    bucket.filledMs = now
    buckets[type] = bucket
    return bucket
  }

  #touch(peer: string): PeerBuckets {
    const buckets = this.#peers.get(peer) ?? {}
    this.#peers.delete(peer)
    this.#peers.set(peer, buckets)
    const [oldest] = this.#peers.keys()
    if (this.#peers.size > this.#maxPeers && oldest !== undefined) this.#peers.delete(oldest)
    return buckets
  }
}

/** How often one limit may report, in milliseconds. */
const REPORT_INTERVAL_MS = 1000

/** Publishes `limit:hit` at most once a second for each limit, and counts every hit. */
export class LimitReports {
  /** Hits since the start, by limit. */
  readonly totals = new Map<string, number>()
  readonly #clock: Clock
  readonly #publish: Publish
  readonly #reported = new Map<string, { atMs: number; total: number }>()

  constructor({ clock, publish }: { clock: Clock; publish: Publish }) {
    this.#clock = clock
    this.#publish = publish
  }

  /** Counts a hit of `limit` (one of a few fixed names) and reports it unless it did so within the last second. */
  hit(limit: string, message: string, peer?: string): void {
    const total = (this.totals.get(limit) ?? 0) + 1
    this.totals.set(limit, total)
    const now = this.#clock.monotonic()
    const last = this.#reported.get(limit)
    if (last !== undefined && now - last.atMs < REPORT_INTERVAL_MS) return
    const unreported = total - 1 - (last?.total ?? 0)
    this.#reported.set(limit, { atMs: now, total })
    const more = unreported > 0 ? ` ${unreported} more hits since the last report.` : ''
    this.#publish({ type: 'limit:hit', limit, message: message + more, ...(peer !== undefined && { peer }) })
  }
}

/** Counts streams by connection: at most `maxPerConnection` (default 32) at a time (protocol.md §8, 4). */
export class StreamSlots {
  readonly #maxPerConnection: number
  readonly #open = new WeakMap<object, number>()

  constructor(maxPerConnection = 32) {
    this.#maxPerConnection = maxPerConnection
  }

  /** Takes a slot and returns what gives it back (once); undefined when the connection has none left. */
  take(connection: object): (() => void) | undefined {
    const open = this.#open.get(connection) ?? 0
    if (open >= this.#maxPerConnection) return undefined
    this.#open.set(connection, open + 1)
    let isTaken = true
    return () => {
      if (isTaken) this.#open.set(connection, (this.#open.get(connection) ?? 1) - 1)
      isTaken = false
    }
  }
}

/** Counts bytes held by connection: at most `maxBytes` at a time. */
export class ByteSlots {
  readonly #maxBytes: number
  readonly #held = new WeakMap<object, number>()

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Changes what the connection holds by so many bytes; false, and nothing changes, when it would hold too many. */
  change(connection: object, bytes: number): boolean {
    const held = (this.#held.get(connection) ?? 0) + bytes
    if (bytes > 0 && held > this.#maxBytes) return false
    this.#held.set(connection, held)
    return true
  }
}

/** For how long refusals are held against a connection. */
const PATIENCE_WINDOW_MS = 60_000

/** Counts refusals by connection: one with more than `maxRefusals` within a minute is no misunderstanding. */
export class Patience {
  readonly #clock: Clock
  readonly #maxRefusals: number
  readonly #refusals = new WeakMap<object, { count: number; sinceMs: number }>()

  constructor(clock: Clock, maxRefusals: number) {
    this.#clock = clock
    this.#maxRefusals = maxRefusals
  }

  /** Counts a refusal as so many; true when patience is at its end. */
  isExhaustedBy(connection: object, weight: number): boolean {
    const now = this.#clock.monotonic()
    const known = this.#refusals.get(connection)
    const isRecent = known !== undefined && now - known.sinceMs < PATIENCE_WINDOW_MS
    const refusals = isRecent ? known : { count: 0, sinceMs: now }
    refusals.count += weight
    this.#refusals.set(connection, refusals)
    return refusals.count > this.#maxRefusals
  }
}

/**
 * Lets at most `maxRunning` tasks run at a time; others wait in turn, at most
 * `maxWaiting` of them. Keeps a flood of writes from taking the whole node.
 */
export class TaskSlots {
  readonly #maxRunning: number
  readonly #maxWaiting: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(maxRunning: number, maxWaiting: number) {
    this.#maxRunning = maxRunning
    this.#maxWaiting = maxWaiting
  }

  get isFull(): boolean {
    return this.#running >= this.#maxRunning && this.#waiting.length >= this.#maxWaiting
  }

  /** Runs the task when a slot is free. Call only when not `isFull`. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#maxRunning) this.#running++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
