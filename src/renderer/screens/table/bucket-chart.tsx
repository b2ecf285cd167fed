import { type CSSProperties, useMemo } from 'react'
import {
  Bar,
  type BarShapeProps,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  XAxis,
  YAxis,
} from 'recharts'
import { ChartBox } from '../../components/chart-box.tsx'
import { GlyphMark } from '../../components/glyph.tsx'
import type { Bucket } from './bucket-data.ts'

interface BucketChartProps {
  buckets: readonly Bucket[]
  k: number
  selected: number | undefined
  onSelect: (cpl: number) => void
}

/** One bar per bucket, stacked by state, the replacement cache dashed above it. */
export function BucketChart(props: BucketChartProps) {
  return (
    <ChartBox label={describe(props.buckets, props.k)}>
      {(width, height) => <Bars {...props} width={width} height={height} />}
    </ChartBox>
  )
}

function describe(buckets: readonly Bucket[], k: number): string {
  const parts = buckets
    .filter(({ seated }) => seated > 0)
    .map(({ cpl, seated }) => `bucket ${cpl}: ${seated}`)
  return `Peers per bucket by common prefix length, capacity ${k}. ${parts.join(', ') || 'All empty.'}`
}

const tick = { fontSize: 11, fill: 'var(--text-faint)', fontFamily: 'var(--font-mono)' }

function Bars({
  buckets,
  k,
  selected,
  onSelect,
  width,
  height,
}: BucketChartProps & { width: number; height: number }) {
  // The chart takes a new array for new data and draws again: it must stay the same between renders.
  const data = useMemo(() => [...buckets], [buckets])
  const highest = Math.max(k * 1.25, ...buckets.map(({ seated, replacement }) => seated + replacement))
  const barWidth = Math.min(28, Math.max(6, (width - 60) / buckets.length - 10))
  return (
    <ComposedChart
      width={width}
      height={height}
      data={data}
      margin={{ top: 14, right: 12, bottom: 4, left: 0 }}
      accessibilityLayer={false}
      onClick={({ activeLabel }) => activeLabel !== undefined && onSelect(Number(activeLabel))}
      style={{ cursor: 'pointer' }}
    >
      <defs>
        <pattern
          id="unverified"
          width="4"
          height="4"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="1.8" height="4" fill="var(--state-live)" />
        </pattern>
      </defs>
      <CartesianGrid stroke="var(--grid)" vertical={false} />
      <XAxis
        dataKey="cpl"
        interval={0}
        tickLine={false}
        axisLine={{ stroke: 'var(--axis)' }}
        tick={tick}
        height={36}
      />
      <YAxis
        width={40}
        domain={[0, Math.ceil((highest * 1.1) / 5) * 5]}
        allowDecimals={false}
        tickLine={false}
        axisLine={false}
        tick={tick}
        label={{
          value: 'peers',
          angle: -90,
          position: 'insideLeft',
          offset: 14,
          fontSize: 11,
          fill: 'var(--text-faint)',
        }}
      />
      {selected !== undefined && (
        <ReferenceLine
          x={selected}
          stroke="var(--surface-selected)"
          strokeWidth={barWidth + 12}
          zIndex={-1}
        />
      )}
      <Bar
        dataKey="live"
        stackId="bucket"
        barSize={barWidth}
        fill="var(--state-live)"
        isAnimationActive={false}
      />
      <Bar
        dataKey="unverified"
        stackId="bucket"
        fill="url(#unverified)"
        stroke="var(--state-live)"
        isAnimationActive={false}
      />
      <Bar dataKey="stale" stackId="bucket" fill="var(--state-stale)" isAnimationActive={false} />
      <Bar dataKey="replacement" stackId="bucket" isAnimationActive={false} shape={ReplacementShape} />
      <Line
        dataKey="expected"
        stroke="none"
        isAnimationActive={false}
        activeDot={false}
        dot={({ key, cx, cy, payload }) => (
          <ExpectedMark key={key} x={cx} y={cy} width={barWidth + 8} bucket={payload as Bucket} />
        )}
      />
      <Line
        dataKey="seated"
        stroke="none"
        isAnimationActive={false}
        activeDot={false}
        dot={({ key, cx, cy, payload }) => <CountText key={key} x={cx} y={cy} bucket={payload as Bucket} />}
      />
      <ReferenceLine
        y={k}
        stroke="var(--text)"
        strokeOpacity={0.75}
        strokeDasharray="6 3"
        label={{
          value: `capacity k = ${k}`,
          position: 'insideBottomRight',
          fontSize: 11,
          fill: 'var(--text)',
          offset: 4,
        }}
      />
      <text x={40} y={height - 6}>
        ◂ far half of the space
      </text>
      <text x={40 + (width - 52) / 2} y={height - 6} textAnchor="middle">
        common prefix length with my id, bits
      </text>
      <text x={width - 12} y={height - 6} textAnchor="end">
        near me ▸
      </text>
    </ComposedChart>
  )
}

/** The replacement cache: known, without a seat; an outline with its count. */
function ReplacementShape({ x, y, width, height, payload }: BarShapeProps) {
  const { replacement } = payload as Bucket
  if (replacement === 0 || height < 3) return <g />
  return (
    <g>
      <rect
        x={x + 0.5}
        y={y + 0.5}
        width={Math.max(0, width - 1)}
        height={height - 3}
        fill="none"
        stroke="var(--state-replacement)"
        strokeDasharray="3 2"
      />
      <text className="mono" x={x + width / 2} y={y - 4} textAnchor="middle">
        +{replacement}
      </text>
    </g>
  )
}

interface MarkProps {
  x: number | undefined
  y: number | undefined
  bucket: Bucket
}

/** Where a healthy bucket of this network ends; an hourglass when it is well short of it. */
function ExpectedMark({ x, y, bucket, width }: MarkProps & { width: number }) {
  if (x === undefined || y === undefined || bucket.expected === undefined) return null
  const isShort = bucket.expected - bucket.seated > Math.max(1.5, bucket.expected * 0.25)
  return (
    <g>
      <path d={`M${x - width / 2} ${y}h${width}`} stroke="var(--text-muted)" strokeWidth="2" />
      {isShort && <GlyphMark kind="slow" x={x} y={y - 10} size={9} />}
    </g>
  )
}

/** The count above a bar that has room for it. */
function CountText({ x, y, bucket }: MarkProps) {
  if (x === undefined || y === undefined || bucket.replacement > 0 || bucket.seated === 0) return null
  const isMarked = bucket.expected !== undefined && Math.abs(bucket.expected - bucket.seated) < 1.5
  return (
    <text className="mono on" x={x} y={y - (isMarked ? 10 : 5)} textAnchor="middle" style={halo}>
      {bucket.seated}
    </text>
  )
}

/** Keeps a number readable where it meets a line. */
const halo: CSSProperties = { paintOrder: 'stroke', stroke: 'var(--surface)', strokeWidth: 4 }
