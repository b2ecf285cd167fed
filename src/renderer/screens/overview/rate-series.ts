import type { RatePoint } from '../../../shared/rows.ts'
import { type MessageType, messageTypes } from '../../../shared/trace-event.ts'

/** The types from the bottom of the stack to its edge: what is asked most lies at the axis. */
export const stackedTypes: readonly MessageType[] = [
  'FIND_NODE',
  'GET_VALUE',
  'GET_PROVIDERS',
  'PUT_VALUE',
  'ADD_PROVIDER',
  'PING',
]

/** A point of the mirrored chart: requests a second by `in:TYPE` above the axis, `out:TYPE` negative below it. */
export type MirroredPoint = { at: number } & Record<string, number>

/** All of one direction. */
export function rateSum(rates: Readonly<Record<string, number>> = {}): number {
  return Object.values(rates).reduce((sum, rate) => sum + rate, 0)
}

/** The points since `from`, at most `maxPoints`: neighbours are averaged, so that sums keep their height. */
export function rateSeries(points: readonly RatePoint[], from: number, maxPoints: number): MirroredPoint[] {
  const recent = points.filter(({ at }) => at >= from)
  const group = Math.max(1, Math.ceil(recent.length / maxPoints))
  const series: MirroredPoint[] = []
  // Groups end with the newest point: the edge of the chart is now.
  const first = recent.length % group
  if (first > 0) series.push(mirrored(recent.slice(0, first)))
  for (let start = first; start < recent.length; start += group) {
    series.push(mirrored(recent.slice(start, start + group)))
  }
  return series
}

function mirrored(points: readonly RatePoint[]): MirroredPoint {
  const mean = (value: (point: RatePoint) => number) =>
    points.reduce((sum, point) => sum + value(point), 0) / points.length
  const result: MirroredPoint = { at: points.at(-1)?.at ?? 0 }
  for (const type of messageTypes) {
    result[`in:${type}`] = mean((point) => point.in[type] ?? 0)
    result[`out:${type}`] = -mean((point) => point.out[type] ?? 0)
  }
  return result
}

/** Ticks of the mirrored axis, round numbers that hold every sum; neither side gets less than about a quarter. */
export function mirroredTicks(series: readonly MirroredPoint[]): number[] {
  const highest = (direction: 'in' | 'out') =>
    Math.max(
      0,
      ...series.map((point) =>
        stackedTypes.reduce((sum, type) => sum + Math.abs(point[`${direction}:${type}`] ?? 0), 0),
      ),
    )
  const above = highest('in')
  const below = highest('out')
  const top = Math.max(above, below / 3, 0.5)
  const bottom = Math.max(below, above / 3, 0.5)
  const step = roundStep((top + bottom) / 4)
  const first = -Math.ceil(bottom / step)
  return Array.from({ length: Math.ceil(top / step) - first + 1 }, (_, index) => (first + index) * step)
}

/** The least of 1, 2 and 5 times a power of ten that is not below `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step))
  return [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= step) ?? step
}
