/** How the soft deadline of a request is found; all in milliseconds. */
export interface SoftDeadlineSettings {
  /** Never below. Default 100. */
  softDeadlineFloorMs: number
  /** Never above. Default 3,000. */
  softDeadlineCeilingMs: number
  /** Until enough answers were seen. Default 1,000. */
  softDeadlineFirstMs: number
  /** Times the 90th percentile of the latest answers. Default 1.3. */
  softDeadlineFactor: number
}

const MAX_SAMPLES = 200
const MIN_SAMPLES = 16

/** The latest 200 answer times, kept in order: every answer asks for their percentile. */
class Samples {
  /** A ring: the place of the oldest is the next to be written. */
  readonly #latest = new Float64Array(MAX_SAMPLES)
  readonly #sorted = new Float64Array(MAX_SAMPLES)
  #count = 0
  #next = 0

  get isEnough(): boolean {
    return this.#count >= MIN_SAMPLES
  }

  add(durationMs: number): void {
    if (this.#count === MAX_SAMPLES) this.#remove(this.#latest[this.#next] ?? 0)
    this.#latest[this.#next] = durationMs
    this.#next = (this.#next + 1) % MAX_SAMPLES
    this.#insert(durationMs)
  }

  p90(): number {
    return this.#sorted[Math.ceil(this.#count * 0.9) - 1] ?? 0
  }

  #insert(durationMs: number): void {
    const at = this.#rankOf(durationMs)
    this.#sorted.copyWithin(at + 1, at, this.#count++)
    this.#sorted[at] = durationMs
  }

  #remove(durationMs: number): void {
    const at = this.#rankOf(durationMs)
    this.#sorted.copyWithin(at, at + 1, this.#count--)
  }

  /** How many are smaller. */
  #rankOf(durationMs: number): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sorted[middle] ?? 0) < durationMs) low = middle + 1
      else high = middle
    }
    return low
  }
}

/**
 * How long peers of this network take to answer: the latest 200 answers of all
 * lookups. What a peer may take before a lookup stops waiting for it follows
 * from them (protocol.md §4, rule 3). Answers that needed a dial count alone
 * once there are enough: a deadline taken from open connections would leave
 * live peers behind that have to be dialled first, and peers with an open
 * connection are hardly ever silent.
 */
export class LatencyTracker {
  readonly #settings: SoftDeadlineSettings
  readonly #all = new Samples()
  readonly #dialled = new Samples()
  /** Undefined when answers came since it was worked out. */
  #deadlineMs: number | undefined

  constructor(settings: SoftDeadlineSettings) {
    this.#settings = settings
  }

  /** Notes an answer that took `durationMs` from the request's start, `dialMs` of it dialling, however late it was. */
  record(durationMs: number, dialMs: number): void {
    this.#all.add(durationMs)
    if (dialMs > 0) this.#dialled.add(durationMs)
    this.#deadlineMs = undefined
  }

  /** What a request may take, in milliseconds, before it stops holding a lookup up. */
  softDeadlineMs(): number {
    this.#deadlineMs ??= this.#workOut()
    return this.#deadlineMs
  }

  #workOut(): number {
    const { softDeadlineFloorMs, softDeadlineCeilingMs, softDeadlineFirstMs, softDeadlineFactor } =
      this.#settings
    if (!this.#all.isEnough) return softDeadlineFirstMs
    const p90 = this.#dialled.isEnough ? this.#dialled.p90() : this.#all.p90()
    return Math.min(softDeadlineCeilingMs, Math.max(softDeadlineFloorMs, softDeadlineFactor * p90))
  }
}
