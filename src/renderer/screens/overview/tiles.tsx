import type { ReactNode } from 'react'
import type { PeerRow, RatePoint } from '../../../shared/rows.ts'
import { Glyph } from '../../components/glyph.tsx'
import { Meter } from '../../components/meter.tsx'
import {
  formatBytes,
  formatCompact,
  formatCount,
  formatPercent,
  formatRate,
  NO_VALUE,
} from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'
import { useApp } from '../../state/app-store.ts'
import classes from './overview.module.css'
import { rateSum } from './rate-series.ts'
import { Sparkline } from './sparkline.tsx'

/** The six numbers, each with the range it should be in. */
export function Tiles() {
  return (
    <section className={classes.tiles} aria-label="Key figures">
      <TableTile />
      <RequestsTile />
      <LatencyTile />
      <StoresTile />
      <DelayTile />
      <SizeTile />
    </section>
  )
}

interface TileProps {
  title: string
  /** Undefined while there is nothing to judge. */
  isGood: boolean | undefined
  children: ReactNode
}

function Tile({ title, isGood, children }: TileProps) {
  const kind = isGood === undefined ? 'none' : isGood ? 'ok' : 'slow'
  const label =
    isGood === undefined ? 'not measured yet' : isGood ? 'within the good range' : 'outside the good range'
  return (
    <section className={classes.tile}>
      <h2 className={classes.tileTitle}>
        {title}
        <Glyph kind={kind} label={label} />
      </h2>
      {children}
    </section>
  )
}

/** Peers by state, the replacement caches apart. */
function countStates(peers: Iterable<PeerRow>): Record<PeerRow['state'], number> {
  const counts = { live: 0, unverified: 0, stale: 0, replacement: 0 }
  for (const { state } of peers) counts[state]++
  return counts
}

function TableTile() {
  const peers = useApp((state) => state.peers)
  const expected = useApp(({ health }) => health?.expectedPeers)
  const { live, unverified, stale } = countStates(peers.values())
  const seated = live + unverified + stale
  const max = Math.max(seated, expected ?? 0)
  return (
    <Tile title="Routing table" isGood={expected === undefined ? undefined : seated >= expected * 0.8}>
      <div className={classes.values}>
        <b>{formatCount(seated)}</b>
        <span>{expected === undefined ? 'peers' : `peers of ${formatCount(expected)} expected`}</span>
      </div>
      <div className={classes.detail}>
        <Meter
          label="Peers in the table"
          value={seated}
          max={max}
          {...(expected !== undefined && { expected })}
        />
        <span className="cut">
          {live} live, {unverified} unverified, {stale} stale
        </span>
      </div>
    </Tile>
  )
}

function RequestsTile() {
  const point = useApp(({ rates }) => rates.at(-1))
  const answered = useApp(({ rates }) => latest(rates, 'successRate'))
  return (
    <Tile title="Requests per second" isGood={answered === undefined ? undefined : answered > 0.95}>
      <div className={classes.values}>
        <b>{formatRate(rateSum(point?.in))}</b>
        <span>in</span>
        <b>{formatRate(rateSum(point?.out))}</b>
        <span>out</span>
      </div>
      <p className={classes.detail}>
        {answered === undefined
          ? 'We have asked nobody in the last minutes.'
          : `${formatPercent(answered)} of ours were answered; good is over 95 %`}
      </p>
    </Tile>
  )
}

function LatencyTile() {
  const p50 = useApp(({ rates }) => latest(rates, 'lookupP50Ms'))
  const p95 = useApp(({ rates }) => latest(rates, 'lookupP95Ms'))
  return (
    <Tile title="Lookup latency" isGood={p95 === undefined ? undefined : p95 < 1000}>
      <div className={classes.values}>
        <Quantity ms={p50} unit="p50" />
        <Quantity ms={p95} unit="p95" />
      </div>
      <p className={classes.detail}>
        {p95 === undefined
          ? 'No lookup has ended in the last minutes; good is under 1 s'
          : 'of lookups that ended lately; good is p95 under 1 s'}
      </p>
    </Tile>
  )
}

function Quantity({ ms, unit }: { ms: number | undefined; unit: string }) {
  const [value, name] = ms === undefined ? [NO_VALUE, ''] : formatDuration(ms).split(' ')
  return (
    <>
      <b>{value}</b>
      <span>
        {name} {unit}
      </span>
    </>
  )
}

function latest(
  rates: readonly RatePoint[],
  name: 'successRate' | 'lookupP50Ms' | 'lookupP95Ms',
): number | undefined {
  return rates.findLast((point) => point[name] !== undefined)?.[name]
}

function StoresTile() {
  const store = useApp((state) => state.store)
  if (store === undefined) {
    return (
      <Tile title="Stores against their caps" isGood={undefined}>
        <p className={classes.detail}>Not counted yet.</p>
      </Tile>
    )
  }
  const { values, providers } = store
  const sizeBytes = values.sizeBytes + providers.sizeBytes
  const maxBytes = values.maxSizeBytes + providers.maxSizeBytes
  const fullest = Math.max(
    values.entries / values.maxEntries,
    providers.entries / providers.maxEntries,
    sizeBytes / maxBytes,
  )
  return (
    <Tile title="Stores against their caps" isGood={fullest < 0.9}>
      <div className={classes.caps}>
        <Cap name="values" value={values.entries} max={values.maxEntries} format={formatCompact} />
        <Cap name="providers" value={providers.entries} max={providers.maxEntries} format={formatCompact} />
        <Cap name="bytes" value={sizeBytes} max={maxBytes} format={formatBytes} />
      </div>
    </Tile>
  )
}

interface CapProps {
  name: string
  value: number
  max: number
  format: (value: number) => string
}

function Cap({ name, value, max, format }: CapProps) {
  return (
    <div className={classes.cap}>
      <span>{name}</span>
      <Meter label={`${name} held`} value={value} max={max} tone={value > max * 0.9 ? 'warn' : 'accent'} />
      <span className="mono nowrap" style={{ color: 'var(--text)' }}>
        {format(value)}
        <span className="faint">/{format(max)}</span>
      </span>
    </div>
  )
}

function DelayTile() {
  const delay = useApp(({ node }) => node?.eventLoopDelay)
  const rates = useApp((state) => state.rates)
  const [value, unit] = formatDuration(delay?.p99Ms ?? 0).split(' ')
  return (
    <Tile title="Event-loop delay" isGood={delay === undefined ? undefined : delay.p99Ms < 20}>
      <div className={classes.values}>
        <b>{value}</b>
        <span>{unit} p99</span>
        <span className="grow" />
        <Sparkline
          values={rates.slice(-60).map(({ eventLoopP99Ms }) => eventLoopP99Ms)}
          width={72}
          height={28}
        />
      </div>
      <p className={classes.detail}>worst {formatDuration(delay?.maxMs ?? 0)}; good is under 20 ms</p>
    </Tile>
  )
}

function SizeTile() {
  const size = useApp(({ health }) => health?.networkSize)
  return (
    <Tile title="Network-size estimate" isGood={size === undefined ? undefined : size.error < size.nodes / 2}>
      <div className={classes.values}>
        <b>{size === undefined ? NO_VALUE : formatEstimate(size.nodes)}</b>
        <span>{size === undefined ? 'nodes' : `± ${formatEstimate(size.error)} nodes`}</span>
      </div>
      <p className={classes.detail}>
        {size === undefined
          ? 'Known after some lookups, from how near their results are'
          : `from the distances in ${formatCount(size.samples)} ${size.samples === 1 ? 'lookup' : 'lookups'}`}
      </p>
    </Tile>
  )
}

function formatEstimate(nodes: number): string {
  return nodes < 100 ? nodes.toFixed(1) : formatCount(nodes)
}
