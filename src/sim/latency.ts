import type { SeededRandom } from './seeded-random.ts'

/** How times spread over the peers of a world, in milliseconds. */
export type Latency =
  /** Uniform: evenly from `min` to `max`. */
  | { min: number; max: number }
  /**
   * Log-normal, as round trips of the internet are: half below `median`, a few
   * far above it. `sigma` is the deviation of the logarithm (0.5: one in 20
   * takes 2.3 times the median); nothing is above `max`, by default 20 medians.
   */
  | { median: number; sigma: number; max?: number }

/** One peer's time from request to reply, in milliseconds. */
export function drawLatencyMs(random: SeededRandom, latency: Latency): number {
  if ('min' in latency) return random.between(latency.min, latency.max)
  const { median, sigma, max = 20 * median } = latency
  return Math.min(max, median * Math.exp(sigma * random.normal()))
}
