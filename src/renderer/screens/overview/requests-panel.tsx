import { useMemo, useState } from 'react'
import { Area, AreaChart, CartesianGrid, ReferenceLine, XAxis, YAxis } from 'recharts'
import { ChartBox } from '../../components/chart-box.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Panel } from '../../components/panel.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { formatRate } from '../../format/numbers.ts'
import { useApp } from '../../state/app-store.ts'
import classes from './overview.module.css'
import { type MirroredPoint, mirroredTicks, rateSeries, rateSum, stackedTypes } from './rate-series.ts'

const ranges = { '5 min': 5, '15 min': 15, '1 h': 60 } as const
type Range = keyof typeof ranges
const MAX_POINTS = 300

/** Requests in and out by type over the last minutes: others ask us above the axis, we ask others below. */
export function RequestsPanel() {
  const [range, setRange] = useState<Range>('5 min')
  const rates = useApp((state) => state.rates)
  const now = rates.at(-1)?.at ?? 0
  const minutes = ranges[range]
  const from = now - minutes * 60_000
  const series = useMemo(() => rateSeries(rates, from, MAX_POINTS), [rates, from])
  return (
    <Panel
      title="Requests per second, by type"
      hint={`2-s means, last ${range}`}
      actions={
        <Segmented
          label="Time shown"
          value={range}
          onChange={setRange}
          options={['5 min', '15 min', '1 h']}
        />
      }
    >
      {series.length < 2 ? (
        <EmptyState title="Measuring.">The first points appear within a few seconds.</EmptyState>
      ) : (
        <div className={classes.chart}>
          <div className={classes.plot}>
            <ChartBox label={`Requests per second by type over the last ${range}`}>
              {(width, height) => <MirroredChart {...{ width, height, series, from, now, minutes }} />}
            </ChartBox>
          </div>
          <SeriesTable />
        </div>
      )}
    </Panel>
  )
}

interface MirroredChartProps {
  width: number
  height: number
  /** The same array until there are new points. */
  series: MirroredPoint[]
  from: number
  now: number
  minutes: number
}

function MirroredChart({ width, height, series, from, now, minutes }: MirroredChartProps) {
  const ticks = Array.from({ length: 6 }, (_, index) => from + ((now - from) * index) / 5)
  const rates = useMemo(() => mirroredTicks(series), [series])
  const tick = { fontSize: 11, fill: 'var(--text-faint)' }
  return (
    <AreaChart
      width={width}
      height={height}
      data={series}
      stackOffset="sign"
      margin={{ top: 14, right: 4, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid stroke="var(--grid)" />
      <XAxis
        dataKey="at"
        type="number"
        domain={[from, now]}
        ticks={ticks}
        tick={tick}
        tickLine={false}
        axisLine={false}
        height={26}
        tickFormatter={(at: number) => minutesAgo(now - at, minutes)}
      />
      <YAxis
        width={44}
        domain={[rates[0] ?? 0, rates.at(-1) ?? 0]}
        ticks={rates}
        tick={{ ...tick, fontFamily: 'var(--font-mono)' }}
        tickLine={false}
        axisLine={false}
        tickFormatter={(value: number) => formatTick(Math.abs(value))}
      />
      {(['in', 'out'] as const).flatMap((direction) =>
        stackedTypes.map((type, index) => (
          <Area
            key={`${direction}:${type}`}
            dataKey={`${direction}:${type}`}
            stackId="requests"
            type="linear"
            fill={`var(--series-${index + 1})`}
            fillOpacity={1}
            stroke="var(--surface)"
            strokeWidth={0.8}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
          />
        )),
      )}
      <ReferenceLine y={0} stroke="var(--axis)" />
      <text x={50} y={26} className="mid">
        ▲ in: others ask us, requests/s
      </text>
      <text x={50} y={height - 32} className="mid">
        ▼ out: we ask others, requests/s
      </text>
    </AreaChart>
  )
}

function minutesAgo(ms: number, range: number): string {
  const minutes = Math.round((ms / 60_000) * 10) / 10
  if (minutes === 0) return 'now'
  return minutes === range ? `−${minutes} min` : `−${minutes}`
}

function formatTick(value: number): string {
  return value < 10 ? String(Number(value.toFixed(1))) : String(Math.round(value))
}

/** The series' names and their latest values, in the order of the stack. */
function SeriesTable() {
  const point = useApp(({ rates }) => rates.at(-1))
  return (
    <div className={classes.series}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Type</span>
            </th>
            <th scope="col" className={classes.number}>
              in/s
            </th>
            <th scope="col" className={classes.number}>
              out/s
            </th>
          </tr>
        </thead>
        <tbody>
          {stackedTypes.toReversed().map((type) => (
            <tr key={type}>
              <th scope="row">
                <span
                  className={classes.swatch}
                  style={{ background: `var(--series-${stackedTypes.indexOf(type) + 1})` }}
                />
                {type}
              </th>
              <td className={classes.number}>{formatRate(point?.in[type] ?? 0)}</td>
              <td className={classes.number}>{formatRate(point?.out[type] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">all types</th>
            <td className={classes.number}>{formatRate(rateSum(point?.in))}</td>
            <td className={classes.number}>{formatRate(rateSum(point?.out))}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  )
}
