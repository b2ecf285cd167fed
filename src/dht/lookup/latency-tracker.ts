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

/**
 * How long peers of this network take to answer, dial included: the latest 200
 * answers of all lookups. What a peer may take before a lookup stops waiting
 * for it follows from them (protocol.md §4, rule 3).
 */
export class LatencyTracker {
  readonly #settings: SoftDeadlineSettings
  readonly #samples: number[] = []
  #next = 0
  /** Undefined when answers came since it was worked out. */
  #deadlineMs: number | undefined

  constructor(settings: SoftDeadlineSettings) {
    this.#settings = settings
    this.#deadlineMs = settings.softDeadlineFirstMs
  }

  /** Notes an answer that took `durationMs` from the request's start, however late it was. */
  record(durationMs: number): void {
    this.#samples[this.#next] = durationMs
    this.#next = (this.#next + 1) % MAX_SAMPLES
    this.#deadlineMs = undefined
  }

  /** What a request may take, in milliseconds, before it stops holding a lookup up. */
  softDeadlineMs(): number {
    this.#deadlineMs ??= this.#workOut()
    return this.#deadlineMs
  }

  #workOut(): number {
    const { softDeadlineFloorMs, softDeadlineCeilingMs, softDeadlineFirstMs, softDeadlineFactor } = this.#settings
    if (this.#samples.length < MIN_SAMPLES) return softDeadlineFirstMs
    const sorted = Float64Array.from(this.#samples).sort()
    const p90 = sorted[Math.ceil(sorted.length * 0.9) - 1] ?? softDeadlineFirstMs
    return Math.min(softDeadlineCeilingMs, Math.max(softDeadlineFloorMs, softDeadlineFactor * p90))
  }
}
