import { useElementSize } from '@mantine/hooks'
import { GlyphMark } from '../../components/glyph.tsx'
import { Panel } from '../../components/panel.tsx'
import type { DistanceChart, DistancePoint, DistanceStep, IntroductionEdge } from './distance-chart.ts'
import classes from './distance-panel.module.css'
import { roundTicks, timeAxis } from './time-scale.ts'
import type { PhaseChange } from './trace-model.ts'

interface DistancePlotProps {
  chart: DistanceChart
  phases: readonly PhaseChange[]
  durationMs: number
  isEnded: boolean
  selected: number | undefined
  onSelect: (rpcId: number) => void
  cursorMs: number | undefined
}

/** The chart with its own head, beside the waterfall. */
export function DistancePanel(props: DistancePlotProps) {
  return (
    <Panel title="Distance × time" actions={<Legend k={props.chart.k} />}>
      <DistancePlot {...props} />
    </Panel>
  )
}

/** Each answer by its time and its distance to the key, with lines to who named the peer. */
export function DistancePlot(props: DistancePlotProps) {
  const { ref, width, height } = useElementSize()
  const isEmpty = props.chart.points.length === 0
  return (
    <div ref={ref} className={classes.plot}>
      {isEmpty && <p className={classes.empty}>{props.isEnded ? 'Nobody was asked.' : 'No answer yet.'}</p>}
      {!isEmpty && width > 120 && height > 80 && <Plot {...props} width={width} height={height} />}
    </div>
  )
}

function Legend({ k }: { k: number }) {
  return (
    <span className={classes.legend}>
      <span>
        <i className={classes.kthLine} />
        {k}th nearest
      </span>
      <span>
        <i className={classes.edgeLine} />
        introduced by
      </span>
    </span>
  )
}

const margin = { left: 48, right: 14, top: 14, bottom: 38 }

interface Scale {
  x: (atMs: number) => number
  y: (log2: number) => number
  left: number
  right: number
  top: number
  bottom: number
  low: number
  high: number
}

function scaleOf({ points, steps }: DistanceChart, durationMs: number, width: number, height: number): Scale {
  const all = [...points, ...steps].map(({ log2 }) => log2)
  const low = Math.floor(Math.min(...all) - 0.5)
  const high = Math.ceil(Math.max(...all) + 0.2)
  const [left, right, top, bottom] = [margin.left, width - margin.right, margin.top, height - margin.bottom]
  return {
    x: (atMs) => left + (Math.max(0, atMs) / Math.max(1, durationMs)) * (right - left),
    y: (log2) => bottom - ((log2 - low) / (high - low)) * (bottom - top),
    left,
    right,
    top,
    bottom,
    low,
    high,
  }
}

function Plot(props: DistancePlotProps & { width: number; height: number }) {
  const { chart, phases, durationMs, selected, onSelect, cursorMs, width, height } = props
  const scale = scaleOf(chart, durationMs, width, height)
  const chosen = chart.points.find(({ rpcId }) => rpcId === selected)
  return (
    <svg width={width} height={height} role="img" aria-label={description(chart)}>
      <Axes scale={scale} durationMs={durationMs} />
      <Phases scale={scale} phases={phases} />
      <Edges scale={scale} edges={chart.edges} />
      <KthLine scale={scale} steps={chart.steps} durationMs={durationMs} />
      {chart.points.map((point) => (
        <Dot key={point.rpcId} scale={scale} point={point} onSelect={onSelect} />
      ))}
      <KthLabel scale={scale} steps={chart.steps} k={chart.k} />
      {chosen !== undefined && (
        <circle
          cx={scale.x(chosen.atMs)}
          cy={scale.y(chosen.log2)}
          r={7}
          fill="none"
          stroke="var(--text)"
          strokeWidth={1.5}
        />
      )}
      {cursorMs !== undefined && <Cursor scale={scale} atMs={cursorMs} />}
    </svg>
  )
}

function description({ points, steps }: DistanceChart): string {
  const answered = points.filter(({ hasAnswered }) => hasAnswered).length
  const end = steps.at(-1)
  const reached = end === undefined ? '' : `; the result reaches to 2 to the power of ${end.log2.toFixed(1)}`
  return `${answered} answers by time and distance to the key${reached}`
}

function Axes({ scale, durationMs }: { scale: Scale; durationMs: number }) {
  const { left, right, top, bottom, low, high } = scale
  const { unit, label } = timeAxis(durationMs)
  return (
    <g>
      {roundTicks(low, high, 7)
        .filter(Number.isInteger)
        .map((log2) => (
          <g key={log2}>
            <line x1={left} x2={right} y1={scale.y(log2)} y2={scale.y(log2)} stroke="var(--grid)" />
            <text className="mono" x={left - 6} y={scale.y(log2) + 4} textAnchor="end">
              {log2}
            </text>
          </g>
        ))}
      {roundTicks(0, durationMs, 6).map((atMs) => (
        <g key={atMs}>
          <line x1={scale.x(atMs)} x2={scale.x(atMs)} y1={top} y2={bottom} stroke="var(--grid)" />
          <text className="mono" x={scale.x(atMs)} y={bottom + 14} textAnchor="middle">
            {label(atMs)}
          </text>
        </g>
      ))}
      <text x={(left + right) / 2} y={bottom + 31} textAnchor="middle">
        {unit} since start
      </text>
      <text transform={`translate(12 ${(top + bottom) / 2}) rotate(-90)`} textAnchor="middle">
        distance to key, log₂
      </text>
    </g>
  )
}

/** Dashed lines with words where the lookup entered a phase; what came after the search is shaded. */
function Phases({ scale, phases }: { scale: Scale; phases: readonly PhaseChange[] }) {
  const { x, top, bottom, left, right } = scale
  return phases.map(({ phase, atMs }, index) => {
    const at = x(atMs)
    const untilMs = phases[index + 1]?.atMs
    const isNearEnd = at > right - 64
    const before = phases[index - 1]?.phase ?? 'search'
    return (
      <g key={`${phase}-${atMs}`}>
        {phase !== 'search' && (
          <rect
            x={at}
            y={top}
            width={Math.max(0, (untilMs === undefined ? right : x(untilMs)) - at)}
            height={bottom - top}
            fill="var(--text-faint)"
            opacity={0.08}
          />
        )}
        <line x1={at} x2={at} y1={top} y2={bottom} stroke="var(--text-muted)" strokeDasharray="2 3" />
        <text
          className="mid"
          x={at + (isNearEnd ? -5 : 5)}
          y={top + 12}
          textAnchor={isNearEnd ? 'end' : 'start'}
        >
          {isNearEnd ? `${before} · ${phase}` : phase}
        </text>
        {index === 0 && !isNearEnd && at > left + 56 && (
          <text className="mid" x={at - 5} y={top + 12} textAnchor="end">
            {before}
          </text>
        )}
      </g>
    )
  })
}

function Edges({ scale, edges }: { scale: Scale; edges: readonly IntroductionEdge[] }) {
  return [...edges]
    .sort((a, b) => Number(a.isCritical) - Number(b.isCritical))
    .map(({ from, to, isCritical }) => (
      <line
        key={to.rpcId}
        x1={scale.x(from.atMs)}
        y1={scale.y(from.log2)}
        x2={scale.x(to.atMs)}
        y2={scale.y(to.log2)}
        stroke={isCritical ? 'var(--accent)' : 'var(--text-muted)'}
        strokeWidth={isCritical ? 2 : 0.7}
        opacity={isCritical ? 1 : 0.38}
      />
    ))
}

interface KthLineProps {
  scale: Scale
  steps: readonly DistanceStep[]
  durationMs: number
}

function KthLine({ scale, steps, durationMs }: KthLineProps) {
  const [first] = steps
  if (first === undefined) return null
  const turns = steps.slice(1).map(({ atMs, log2 }) => `H${scale.x(atMs)}V${scale.y(log2)}`)
  const path = `M${scale.x(first.atMs)} ${scale.y(first.log2)}${turns.join('')}H${scale.x(durationMs)}`
  return (
    <g>
      <path d={path} fill="none" stroke="var(--surface)" strokeWidth={4} opacity={0.7} />
      <path d={path} fill="none" stroke="var(--accent)" strokeWidth={1.6} />
    </g>
  )
}

/** Where the line ends, in words. */
function KthLabel({ scale, steps, k }: { scale: Scale; steps: readonly DistanceStep[]; k: number }) {
  const last = steps.at(-1)
  if (last === undefined) return null
  const below = scale.y(last.log2) + 18
  return (
    <text
      className="on"
      x={scale.right}
      y={below > scale.bottom - 4 ? scale.y(last.log2) - 8 : below}
      textAnchor="end"
      paintOrder="stroke"
      stroke="var(--surface)"
      strokeWidth={4}
      pointerEvents="none"
    >
      {last.answered >= k ? `${k}th` : `${last.answered} of ${k}`}: 2^{last.log2.toFixed(1)}
    </text>
  )
}

interface DotProps {
  scale: Scale
  point: DistancePoint
  onSelect: (rpcId: number) => void
}

/** The pointer may choose a dot; keys choose the same request in the waterfall and the table. */
function Dot({ scale, point, onSelect }: DotProps) {
  const { rpcId, number, peer, atMs, log2, outcome } = point
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the waterfall is the way by keyboard
    <g className={classes.dot} onClick={() => onSelect(rpcId)}>
      <title>{`#${number} ${peer}`}</title>
      <circle cx={scale.x(atMs)} cy={scale.y(log2)} r={8} fill="transparent" />
      <GlyphMark kind={outcome} x={scale.x(atMs)} y={scale.y(log2)} size={outcome === 'ok' ? 7 : 10} />
    </g>
  )
}

function Cursor({ scale, atMs }: { scale: Scale; atMs: number }) {
  const x = scale.x(atMs)
  const { top, bottom, right } = scale
  return (
    <g pointerEvents="none">
      <rect
        x={x}
        y={top}
        width={Math.max(0, right + 8 - x)}
        height={bottom - top}
        fill="var(--surface)"
        opacity={0.5}
      />
      <line x1={x} x2={x} y1={top} y2={bottom} stroke="var(--text)" />
      <path d={`M${x - 4} ${top - 5}h8l-4 5z`} fill="var(--text)" />
    </g>
  )
}
