import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What is measured of this process since the last look. */
export interface ProcessSample {
  eventLoopDelay: { p99Ms: number; maxMs: number }
  memoryBytes: number
}

const RESOLUTION_MS = 10

/** Measures how late this process's event loop is, and its memory. */
export class ProcessMeter {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

  start(): void {
    this.#delay.enable()
  }

  stop(): void {
    this.#delay.disable()
  }

  /** Since the last call. The timer's own interval is not counted as delay. */
  sample(): ProcessSample {
    const p99Ms = delayMs(this.#delay.percentile(99))
    const maxMs = delayMs(this.#delay.max)
    this.#delay.reset()
    return { eventLoopDelay: { p99Ms, maxMs }, memoryBytes: process.memoryUsage.rss() }
  }
}

function delayMs(nanoseconds: number): number {
  const ms = nanoseconds / 1e6 - RESOLUTION_MS
  return Number.isFinite(ms) ? Math.round(Math.max(0, ms) * 100) / 100 : 0
}
