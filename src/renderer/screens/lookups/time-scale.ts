/** A stretch of an operation's time, milliseconds since it began; `toMs` is greater. */
export interface TimeWindow {
  fromMs: number
  toMs: number
}

/** Where a moment lies in a window, percent of its width; outside it less than 0 or more than 100. */
export function percentIn({ fromMs, toMs }: TimeWindow, atMs: number): number {
  return ((atMs - fromMs) / (toMs - fromMs)) * 100
}

/** Keeps a window within an operation that took `durationMs`, and at least a hundredth of it wide. */
export function clampWindow({ fromMs, toMs }: TimeWindow, durationMs: number): TimeWindow {
  const least = durationMs / 100
  const from = Math.max(0, Math.min(fromMs, durationMs - least))
  return { fromMs: from, toMs: Math.min(durationMs, Math.max(toMs, from + least)) }
}

/** Round numbers from `from` to `to`, about `count` of them: 0, 200, 400, … */
export function roundTicks(from: number, to: number, count: number): number[] {
  const rough = (to - from) / Math.max(1, count)
  if (!Number.isFinite(rough) || rough <= 0) return []
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
  const first = Math.ceil(from / step)
  const last = Math.floor(to / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step)
}

/** How times of an axis are written: all in the same unit, which depends on how far it reaches. */
export function timeAxis(toMs: number): { unit: 'ms' | 's'; label: (atMs: number) => string } {
  if (toMs < 10_000) return { unit: 'ms', label: (atMs) => String(Number(atMs.toFixed(2))) }
  return { unit: 's', label: (atMs) => String(Number((atMs / 1000).toFixed(2))) }
}
