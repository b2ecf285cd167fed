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

/** The latest 200 answer times. */
class Samples {
  readonly #samples: number[] = []
  #next = 0

  get isEnough(): boolean {
    return this.#samples.length >= MIN_SAMPLES
  }

  add(durationMs: number): void {
    this.#samples[this.#next] = durationMs
    this.#next = (this.#next + 1) % MAX_SAMPLES
  }

  p90(): number {
    const sorted = Float64Array.from(this.#samples).sort()
    return sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0
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
