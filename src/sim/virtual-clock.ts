import type { Clock } from '../dht/clock.ts'
import { TimerQueue } from './timer-queue.ts'

/** Real milliseconds granted to work that is not on this clock (a worker, WebCrypto) before giving up. */
const MAX_IDLE_MS = 2000

/** Options of a virtual clock. */
export interface VirtualClockOptions {
  /** Wall time at the start, milliseconds since the epoch. Default 2025-01-01T00:00:00Z. */
  startMs?: number
}

/**
 * Time that stands still until it is told to go on. Timers run in the order
 * they are due (at one instant: in the order they were scheduled), and between
 * two timers every promise that can settle does, so a run depends on nothing
 * but its inputs.
 */
export class VirtualClock implements Clock {
  readonly #timers = new TimerQueue()
  #startMs: number
  #elapsedMs = 0

  constructor(options: VirtualClockOptions = {}) {
    this.#startMs = options.startMs ?? Date.UTC(2025, 0, 1)
  }

  now(): number {
    return this.#startMs + this.#elapsedMs
  }

  monotonic(): number {
    return this.#elapsedMs
  }

  schedule(delayMs: number, task: () => void): () => void {
    return this.#timers.add(this.#elapsedMs + Math.max(0, delayMs), task)
  }

  /** Timers that will still run; 0 after a clean stop of what is under test. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  /** When the next timer is due, on the monotonic scale; undefined when there is none. */
  get nextTimerMs(): number | undefined {
    return this.#timers.nextDueMs()
  }

  /** Sets the wall clock forward (or back, when negative), as a user or NTP does. Monotonic time does not move. */
  shiftWallTime(byMs: number): void {
    this.#startMs += byMs
  }

  /** Lets `byMs` pass: runs every timer due until then, those scheduled on the way included. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#elapsedMs + byMs
    await settlePromises()
    while ((this.#timers.nextDueMs() ?? Number.POSITIVE_INFINITY) <= untilMs) await this.#runNext()
    this.#elapsedMs = untilMs
  }

  /** Runs timers until none is left, at most `limitMs` from now (default one day). */
  async runUntilIdle(limitMs = 86_400_000): Promise<void> {
    const untilMs = this.#elapsedMs + limitMs
    await settlePromises()
    while ((this.#timers.nextDueMs() ?? Number.POSITIVE_INFINITY) <= untilMs) await this.#runNext()
  }

  /**
   * Runs timers until `promise` settles; resolves or rejects as it does.
   * Throws when no timer is left and it still has not settled: it never would.
   */
  async runUntil<T>(promise: Promise<T>): Promise<T> {
    const state = { settled: false }
    const settled = () => {
      state.settled = true
    }
    promise.then(settled, settled)
    let idleMs = 0
    await settlePromises()
    while (!state.settled) {
      if (this.#timers.size > 0) {
        await this.#runNext()
        idleMs = 0
      } else {
        if (++idleMs > MAX_IDLE_MS)
          throw new Error('The promise is pending and no timer is left to settle it.')
        // biome-ignore lint/style/noRestrictedGlobals: real work (a signature, a worker) ends in real time only
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
    return promise
  }

  async #runNext(): Promise<void> {
    this.#elapsedMs = Math.max(this.#elapsedMs, this.#timers.nextDueMs() ?? 0)
    this.#timers.take()?.()
    await settlePromises()
  }
}

/** One turn of the event loop: all promises that can settle without a timer have done so afterwards. */
function settlePromises(): Promise<void> {
  // biome-ignore lint/style/noRestrictedGlobals: a turn of the real event loop, which no clock can give
  return new Promise((resolve) => setImmediate(resolve))
}
