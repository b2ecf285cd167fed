import type { DhtEvent } from '../../../dht/events.ts'
import type { RatePoint } from '../../../shared/rows.ts'

const WINDOW_MS = 5 * 60_000
/** Lookups looked at for the percentiles, at most. */
const MAX_LOOKUPS = 2_000

/** Counts requests between two points, and keeps the points and lookup times of the last five minutes. */
export class RateMeter {
  #in = new Map<string, number>()
  #out = new Map<string, number>()
  #answered = 0
  #failed = 0
  #lookups: { at: number; durationMs: number }[] = []
  #points: RatePoint[] = []
  #lastAt: number

  constructor(now: number) {
    this.#lastAt = now
  }

  take(event: DhtEvent): void {
    if (event.type === 'rpc:inbound') count(this.#in, event.messageType)
    else if (event.type === 'rpc:sent') count(this.#out, event.messageType)
    else if (event.type === 'rpc:replied') this.#answered++
    else if (event.type === 'rpc:failed' && event.failure !== 'cancelled') this.#failed++
    else if (event.type === 'operation:ended' && event.counts.asked > 0 && event.reason !== 'cancelled') {
      this.#lookups.push({ at: event.at, durationMs: event.durationMs })
    }
  }

  /** Ends the interval since the last point. */
  measure(now: number, eventLoopP99Ms: number): RatePoint {
    const seconds = Math.max(0.001, (now - this.#lastAt) / 1000)
    this.#lookups = this.#lookups.filter(({ at }) => at > now - WINDOW_MS).slice(-MAX_LOOKUPS)
    const durations = this.#lookups.map(({ durationMs }) => durationMs).sort((a, b) => a - b)
    const requests = this.#answered + this.#failed
    const point: RatePoint = {
      at: now,
      in: perSecond(this.#in, seconds),
      out: perSecond(this.#out, seconds),
      eventLoopP99Ms,
      ...(requests > 0 && { successRate: this.#answered / requests }),
      ...(durations.length > 0 && {
        lookupP50Ms: quantile(durations, 0.5),
        lookupP95Ms: quantile(durations, 0.95),
      }),
    }
    this.#points = [...this.#points.filter(({ at }) => at > now - WINDOW_MS), point]
    this.#begin(now)
    return point
  }

  /** The last five minutes, oldest first. */
  points(): RatePoint[] {
    return this.#points
  }

  #begin(now: number): void {
    this.#lastAt = now
    this.#in = new Map()
    this.#out = new Map()
    this.#answered = 0
    this.#failed = 0
  }
}

function count(counts: Map<string, number>, type: string): void {
  counts.set(type, (counts.get(type) ?? 0) + 1)
}

function perSecond(counts: Map<string, number>, seconds: number): Record<string, number> {
  return Object.fromEntries(Array.from(counts, ([type, n]) => [type, n / seconds]))
}

/** Of values in ascending order, at least one. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
