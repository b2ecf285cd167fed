import { useMemo } from 'react'
import type { PeerRow } from '../../../shared/rows.ts'
import { ChartBox } from '../../components/chart-box.tsx'
import { Panel } from '../../components/panel.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { shortPeerId } from '../../format/ids.ts'
import { useRouteParam } from '../../route/hash-location.ts'
import { distanceShare, stripTicks, type Tick } from './strip-ticks.ts'
import classes from './table.module.css'

interface KeyspacePanelProps {
  peers: readonly PeerRow[]
  selected: PeerRow | undefined
  onSelect: (id: string) => void
}

const zooms = ['4', '6', '8', '12'] as const
type Zoom = (typeof zooms)[number]
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** Every peer on the XOR line around me: the whole space, and the nearest part of it below. */
export function KeyspacePanel({ peers, selected, onSelect }: KeyspacePanelProps) {
  const [param, setParam] = useRouteParam('bits')
  const zoom: Zoom = zooms.find((each) => each === param) ?? '4'
  const bits = Number(zoom)
  return (
    <Panel
      className={classes.strip ?? ''}
      title="Keyspace"
      hint={`XOR distance from me, linear; tall live, half unverified, short stale; below, the nearest 1/${2 ** bits}`}
      actions={
        <Segmented
          label="Part shown below"
          value={zoom}
          onChange={(next) => setParam(next === '4' ? undefined : next)}
          options={zooms.map((value) => ({ value, label: `${value} bits` }))}
        />
      }
    >
      <ChartBox label={`${peers.length} peers on the XOR line around this node, with the nearest part below`}>
        {(width, height) => <Strips {...{ peers, selected, onSelect, bits, width, height }} />}
      </ChartBox>
    </Panel>
  )
}

const EDGE = 12

function Strips({
  peers,
  selected,
  onSelect,
  bits,
  width,
  height,
}: KeyspacePanelProps & { bits: number; width: number; height: number }) {
  const line = width - 2 * EDGE
  const all = useMemo(() => stripTicks(peers, 0, line), [peers, line])
  const near = useMemo(() => stripTicks(peers, bits, line), [peers, bits, line])
  const brush = Math.max(6, line / 2 ** bits)
  const upper = { y: 16, height: Math.floor((height - 50) / 2) }
  const lower = { y: upper.y + upper.height + 18, height: upper.height }
  return (
    <svg width={width} height={height} aria-hidden="true">
      <Strip ticks={all} bits={0} line={line} {...upper} selected={selected} onSelect={onSelect} />
      <rect
        x={EDGE}
        y={upper.y - 3}
        width={brush}
        height={upper.height + 6}
        rx="2"
        fill="var(--accent)"
        fillOpacity=".18"
        stroke="var(--accent)"
        pointerEvents="none"
      />
      <path
        d={`M${EDGE} ${upper.y + upper.height + 3}h${brush}L${EDGE + line} ${lower.y}H${EDGE}Z`}
        fill="var(--accent)"
        opacity=".09"
      />
      <Strip ticks={near} bits={bits} line={line} {...lower} selected={selected} onSelect={onSelect} />
      <text x={EDGE} y={height - 4}>
        me, 0
      </text>
      <text x={EDGE + line} y={height - 4} textAnchor="end">
        2{superscript(256 - bits)}
      </text>
    </svg>
  )
}

interface StripProps {
  ticks: readonly Tick[]
  bits: number
  line: number
  y: number
  height: number
  selected: PeerRow | undefined
  onSelect: (id: string) => void
}

const tall = { live: 1, unverified: 0.55, stale: 0.33, replacement: 0 } as const

function Strip({ ticks, bits, line, y, height, selected, onSelect }: StripProps) {
  const bottom = y + height
  const share = selected === undefined ? 2 : distanceShare(selected.distance) * 2 ** bits
  return (
    <g>
      <rect x={EDGE} y={y} width={line} height={height} fill="var(--surface-sunken)" />
      <BucketEdges bits={bits} line={line} y={y} height={height} />
      {ticks.map(({ x, state, id }) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the table below selects by keyboard
        <path
          key={x}
          d={`M${EDGE + x + 0.5} ${bottom}v${-height * 0.8 * tall[state]}`}
          stroke={state === 'stale' ? 'var(--text-faint)' : 'var(--accent)'}
          strokeWidth="1.2"
          onClick={() => onSelect(id)}
          style={{ cursor: 'pointer' }}
        />
      ))}
      {selected !== undefined && share < 1 && (
        <>
          <path d={`M${EDGE + share * line} ${bottom}V${y}`} stroke="var(--text)" strokeWidth="2" />
          {bits > 0 && (
            <text
              className="on mono"
              x={EDGE + share * line + (share > 0.85 ? -6 : 6)}
              y={bottom + 13}
              textAnchor={share > 0.85 ? 'end' : 'start'}
            >
              {shortPeerId(selected.id)}
            </text>
          )}
        </>
      )}
    </g>
  )
}

/** Where buckets begin: each is half of what is left towards me. */
function BucketEdges({ bits, line, y, height }: Pick<StripProps, 'bits' | 'line' | 'y' | 'height'>) {
  const edges = [0, 1, 2, 3, 4, 5].map((step) => ({
    cpl: bits + step,
    x: EDGE + line / 2 ** step,
    next: line / 2 ** (step + 1),
  }))
  return (
    <>
      {edges.map(({ cpl, x, next }, index) => (
        <g key={cpl}>
          {index > 0 && <path d={`M${x} ${y}v${height}`} stroke="var(--border-strong)" />}
          {next > 52 && (
            <text x={x - 5} y={y - 5} textAnchor="end">
              bucket {cpl}
              {index === 0 && `, to 2${superscript(256 - bits)}`}
            </text>
          )}
        </g>
      ))}
    </>
  )
}

function superscript(value: number): string {
  return [...String(value)].map((digit) => superscripts.charAt(Number(digit))).join('')
}
