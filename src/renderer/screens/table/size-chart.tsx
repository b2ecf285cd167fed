import { useMemo } from 'react'
import type { TableHistoryRow } from '../../../shared/rows.ts'
import { formatClock } from '../../format/times.ts'
import type { SizePoint } from './past-table.ts'

interface SizeChartProps {
  width: number
  height: number
  history: readonly TableHistoryRow[]
  course: readonly SizePoint[]
  from: number
  to: number
  /** The moment shown. */
  shown: number
}

const LEFT = 34
const RIGHT = 10
const TOP = 8

/** Seats taken over time as an area, changes as marks under it, the moment shown as a line. */
export function SizeChart({ width, height, history, course, from, to, shown }: SizeChartProps) {
  const bottom = height - 34
  const top = Math.max(1, ...course.map(({ seated }) => seated))
  const x = (at: number) => LEFT + ((width - LEFT - RIGHT) * (at - from)) / (to - from)
  const y = (seated: number) => bottom - (bottom - TOP) * (seated / top)
  const line = stepLine(course, x, y, x(to))
  return (
    <svg width={width} height={height} aria-hidden="true">
      {[0, top].map((seated) => (
        <g key={seated}>
          <path
            d={`M${LEFT} ${y(seated)}H${width - RIGHT}`}
            stroke={seated === 0 ? 'var(--axis)' : 'var(--grid)'}
          />
          <text className="mono" x={LEFT - 6} y={y(seated) + 4} textAnchor="end">
            {seated}
          </text>
        </g>
      ))}
      {line !== '' && (
        <>
          <path d={`${line}V${bottom}H${x(course[0]?.at ?? from)}Z`} fill="var(--accent)" opacity=".13" />
          <path d={line} fill="none" stroke="var(--accent)" strokeWidth="1.4" />
        </>
      )}
      <Changes history={history} x={x} y={bottom + 3} />
      <Times from={from} to={to} x={x} y={height - 4} />
      <path d={`M${x(shown)} 2V${height - 16}`} stroke="var(--accent)" strokeWidth="2" />
      <circle cx={x(shown)} cy={bottom} r="5" fill="var(--accent)" stroke="var(--surface)" strokeWidth="2" />
    </svg>
  )
}

function stepLine(
  course: readonly SizePoint[],
  x: (at: number) => number,
  y: (seated: number) => number,
  end: number,
): string {
  const [first, ...others] = course
  if (first === undefined) return ''
  const steps = others.map(({ at, seated }) => `H${x(at).toFixed(1)}V${y(seated).toFixed(1)}`)
  return `M${x(first.at).toFixed(1)} ${y(first.seated).toFixed(1)}${steps.join('')}H${end.toFixed(1)}`
}

interface ChangesProps {
  history: readonly TableHistoryRow[]
  x: (at: number) => number
  y: number
}

/** At most one mark of a kind every three pixels: more could not be told apart. */
function Changes({ history, x, y }: ChangesProps) {
  const marks = useMemo(() => changeMarks(history, x), [history, x])
  return (
    <>
      {marks.map(({ change, at }) => {
        const key = `${change} ${at}`
        if (change === 'added') return <path key={key} d={`M${at} ${y}v4`} stroke="var(--text-muted)" />
        if (change === 'removed') {
          return (
            <path
              key={key}
              d={`M${at - 2.5} ${y + 5.5}l5 5m0-5l-5 5`}
              stroke="var(--text)"
              strokeWidth="1.4"
            />
          )
        }
        return <path key={key} d={`M${at} ${y + 5}l3 3l-3 3l-3-3z`} fill="var(--text-muted)" />
      })}
    </>
  )
}

function changeMarks(history: readonly TableHistoryRow[], x: (at: number) => number) {
  const marks = new Map<string, { change: TableHistoryRow['change']; at: number }>()
  for (const { change, at } of history) {
    if (change === 'replacement-added' || change === 'replacement-removed') continue
    const place = Math.round(x(at) / 3) * 3
    marks.set(`${change} ${place}`, { change, at: place })
  }
  return [...marks.values()]
}

function Times({ from, to, x, y }: { from: number; to: number; x: (at: number) => number; y: number }) {
  // The last one leaves room for the words at the end.
  const parts = x(to) - x(from) < 720 ? [0, 0.25, 0.5] : [0, 0.2, 0.4, 0.6, 0.8]
  return (
    <>
      {parts.map((part) => {
        const at = from + (to - from) * part
        return (
          <text key={part} x={x(at)} y={y} textAnchor={part === 0 ? 'start' : 'middle'}>
            {formatClock(at)}
          </text>
        )
      })}
      <text className="on" x={x(to)} y={y} textAnchor="end">
        latest change
      </text>
    </>
  )
}
