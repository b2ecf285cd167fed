import { percentIn, roundTicks, type TimeWindow } from './time-scale.ts'
import type { PhaseChange } from './trace-model.ts'
import classes from './waterfall.module.css'
import type { WaterfallRow } from './waterfall.ts'
import { ROW_HEIGHT } from './waterfall-panel.tsx'

interface GridProps {
  window: TimeWindow
  phases: readonly PhaseChange[]
}

/** What lies under the rows: hairlines at round times, and where the lookup entered its phases. */
export function WaterfallGrid({ window, phases }: GridProps) {
  const x = (atMs: number) => `${percentIn(window, atMs)}%`
  return (
    <svg className={classes.overlay} aria-hidden="true">
      {roundTicks(window.fromMs, window.toMs, 7).map((atMs) => (
        <line key={atMs} x1={x(atMs)} x2={x(atMs)} y1={0} y2="100%" stroke="var(--grid)" />
      ))}
      {phases.map(({ phase, atMs }) => (
        <line
          key={`${phase}-${atMs}`}
          x1={x(atMs)}
          x2={x(atMs)}
          y1={0}
          y2="100%"
          stroke="var(--text-muted)"
          strokeDasharray="2 3"
        />
      ))}
    </svg>
  )
}

interface OverlayProps {
  rows: readonly WaterfallRow[]
  window: TimeWindow
  cursorMs: number | undefined
}

/** What lies over the rows: the critical path, and the time cursor. */
export function WaterfallOverlay({ rows, window, cursorMs }: OverlayProps) {
  const x = (atMs: number) => `${percentIn(window, atMs)}%`
  return (
    <svg className={classes.overlay} aria-hidden="true">
      <CriticalPath rows={rows} x={x} />
      {cursorMs !== undefined && (
        <>
          <rect x={x(cursorMs)} y={0} width="100%" height="100%" fill="var(--surface)" opacity={0.5} />
          <line x1={x(cursorMs)} x2={x(cursorMs)} y1={0} y2="100%" stroke="var(--text)" />
        </>
      )}
    </svg>
  )
}

/** From the end of each request of the path down to the beginning of the next. */
function CriticalPath({ rows, x }: { rows: readonly WaterfallRow[]; x: (atMs: number) => string }) {
  const path = rows.flatMap((row, index) =>
    row.isCritical ? [{ row, y: index * ROW_HEIGHT + ROW_HEIGHT / 2 }] : [],
  )
  return path.map(({ row, y }) => {
    const cause = path.find(({ row: { peer } }) => peer === row.cause)
    if (cause === undefined) return null
    const from = x(cause.row.endMs)
    return (
      <g key={row.rpcId} stroke="var(--accent)" strokeWidth={1.5}>
        <line x1={from} x2={from} y1={cause.y} y2={y} />
        <line x1={from} x2={x(row.startMs)} y1={y} y2={y} />
      </g>
    )
  })
}
