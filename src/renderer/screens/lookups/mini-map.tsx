import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { formatDuration } from '../../format/times.ts'
import { plural } from './phrases.ts'
import { clampWindow, percentIn, type TimeWindow } from './time-scale.ts'
import classes from './waterfall.module.css'
import type { WaterfallRow } from './waterfall.ts'

interface MiniMapProps {
  rows: readonly WaterfallRow[]
  durationMs: number
  window: TimeWindow
  /** Undefined shows everything again. */
  onWindow: (window: TimeWindow | undefined) => void
  peak: number
}

/** All requests as hairlines, and a brush over the time that is shown. */
export function MiniMap({ rows, durationMs, window, onWindow, peak }: MiniMapProps) {
  const plot = useRef<HTMLDivElement>(null)
  const full = { fromMs: 0, toMs: durationMs }
  const change = (next: TimeWindow) => {
    const { fromMs, toMs } = clampWindow(next, durationMs)
    onWindow(fromMs <= 0 && toMs >= durationMs ? undefined : { fromMs, toMs })
  }
  const dragged = (event: PointerEvent, move: (byMs: number, from: TimeWindow) => TimeWindow) => {
    const width = plot.current?.clientWidth ?? 1
    startDrag(event, (byPixels) => change(move((byPixels / width) * durationMs, window)))
  }
  return (
    <div className={classes.map}>
      <div className={classes.mapText}>
        <div>{plural(rows.length, 'request')}</div>
        <div>at most {peak} in flight</div>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the handles do the same by keyboard */}
      <div ref={plot} className={classes.mapPlot} onDoubleClick={() => onWindow(undefined)}>
        <Hairlines rows={rows} window={full} />
        <div
          className={classes.brush}
          style={{
            left: `${percentIn(full, window.fromMs)}%`,
            right: `${100 - percentIn(full, window.toMs)}%`,
          }}
          onPointerDown={(event) =>
            dragged(event, (by, { fromMs, toMs }) => shifted(fromMs, toMs, by, durationMs))
          }
        />
        <Handle
          label="Shown from"
          atMs={window.fromMs}
          durationMs={durationMs}
          onMove={(atMs) => change({ ...window, fromMs: atMs })}
          onPointerDown={(event) => dragged(event, (by, { fromMs, toMs }) => ({ fromMs: fromMs + by, toMs }))}
        />
        <Handle
          label="Shown until"
          atMs={window.toMs}
          durationMs={durationMs}
          onMove={(atMs) => change({ ...window, toMs: atMs })}
          onPointerDown={(event) => dragged(event, (by, { fromMs, toMs }) => ({ fromMs, toMs: toMs + by }))}
        />
      </div>
    </div>
  )
}

function shifted(fromMs: number, toMs: number, byMs: number, durationMs: number): TimeWindow {
  const by = Math.max(-fromMs, Math.min(byMs, durationMs - toMs))
  return { fromMs: fromMs + by, toMs: toMs + by }
}

/** Reports how far the pointer moved, in pixels since it went down, until it is let go. */
function startDrag(event: PointerEvent, onMove: (byPixels: number) => void): void {
  const target = event.currentTarget
  const fromX = event.clientX
  const move = (moved: Event) => {
    if (moved instanceof MouseEvent) onMove(moved.clientX - fromX)
  }
  target.setPointerCapture(event.pointerId)
  target.addEventListener('pointermove', move)
  target.addEventListener('lostpointercapture', () => target.removeEventListener('pointermove', move), {
    once: true,
  })
}

function Hairlines({ rows, window }: { rows: readonly WaterfallRow[]; window: TimeWindow }) {
  const height = 100 / Math.max(1, rows.length)
  return (
    <svg preserveAspectRatio="none" viewBox="0 0 100 100" aria-hidden="true">
      {rows.map((row, index) => {
        const from = percentIn(window, row.startMs)
        const until = percentIn(window, Math.min(row.endMs, row.slowAtMs ?? row.endMs))
        return (
          <rect
            key={row.rpcId}
            x={from}
            y={index * height}
            width={Math.max(0.3, until - from)}
            height={Math.max(1.5, height)}
            fill={row.outcome === 'ok' ? 'var(--outcome-ok)' : hairlineColor(row)}
            opacity={0.8}
          />
        )
      })}
    </svg>
  )
}

function hairlineColor({ outcome }: WaterfallRow): string {
  if (outcome === 'slow' || outcome === 'cancelled') return 'var(--state-stale)'
  return outcome === 'pending' ? 'var(--accent)' : `var(--outcome-${outcome})`
}

interface HandleProps {
  label: string
  atMs: number
  durationMs: number
  onMove: (atMs: number) => void
  onPointerDown: (event: PointerEvent) => void
}

function Handle({ label, atMs, durationMs, onMove, onPointerDown }: HandleProps) {
  const step = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    onMove(atMs + (by * durationMs) / 100)
  }
  return (
    <div
      role="slider"
      tabIndex={0}
      className={classes.handle}
      style={{ left: `${(atMs / durationMs) * 100}%` }}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationMs)}
      aria-valuenow={Math.round(atMs)}
      aria-valuetext={formatDuration(atMs)}
      onKeyDown={step}
      onPointerDown={onPointerDown}
    />
  )
}
