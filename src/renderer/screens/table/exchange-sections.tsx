import { useMemo } from 'react'
import { Link } from 'wouter'
import type { RpcRow } from '../../../shared/rows.ts'
import { ChartBox } from '../../components/chart-box.tsx'
import { DrawerSection } from '../../components/drawer.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Glyph, GlyphMark } from '../../components/glyph.tsx'
import { rpcGlyph } from '../../components/rpc-glyph.ts'
import { formatCount, NO_VALUE } from '../../format/numbers.ts'
import { formatAge, formatClock, formatDuration, formatMoment } from '../../format/times.ts'
import { quantile } from './quantile.ts'
import classes from './table.module.css'
import { useExchanges } from './use-exchanges.ts'

const MAX_ANSWERS = 40
const MAX_ROWS = 60

/** Round trips and messages exchanged with a peer, both ways. */
export function ExchangeSections({ peer }: { peer: string }) {
  const { rows, error } = useExchanges(peer)
  return (
    <>
      <RoundTrips rows={rows} />
      <DrawerSection
        title="Exchanged, newest first"
        end={<Link href={`/rpcs?peer=${peer}`}>all {formatCount(rows.length)}, both ways</Link>}
      >
        {error !== undefined && <ErrorText error={error} />}
        {rows.length === 0 && <p className="xs muted">Nothing yet: ask it something above.</p>}
        <ul>
          {rows.slice(0, MAX_ROWS).map((row) => (
            <Exchange key={row.id} row={row} />
          ))}
        </ul>
      </DrawerSection>
    </>
  )
}

function Exchange({ row }: { row: RpcRow }) {
  const { id, at, type, direction, purpose, reason, outcome, durationMs } = row
  return (
    <li className={classes.exchange}>
      <Glyph kind={rpcGlyph(row)} label={`${direction}, ${outcome}`} />
      <time className="mono faint" dateTime={new Date(at).toISOString()} title={formatMoment(at)}>
        {formatClock(at)}
      </time>
      <Link href={`/rpcs/${id}`} className="mono">
        {type}
      </Link>
      <span className="muted cut" title={reason}>
        {[direction, reason ?? purpose].filter((part) => part !== undefined).join(', ')}
      </span>
      <span className="mono num">{durationMs === undefined ? NO_VALUE : formatDuration(durationMs)}</span>
    </li>
  )
}

function RoundTrips({ rows }: { rows: readonly RpcRow[] }) {
  const answers = useMemo(
    () =>
      rows
        .filter(
          ({ direction, durationMs, outcome }) =>
            direction === 'out' && durationMs !== undefined && outcome !== 'cancelled',
        )
        .slice(0, MAX_ANSWERS)
        .reverse(),
    [rows],
  )
  const times = answers.map(({ durationMs = 0 }) => durationMs)
  if (answers.length < 2) return null
  return (
    <DrawerSection
      title={`Round trip, last ${answers.length} requests`}
      end={
        <>
          <span className="mono" style={{ color: 'var(--text)' }}>
            {formatDuration(quantile(times, 0.5))}
          </span>{' '}
          median,{' '}
          <span className="mono" style={{ color: 'var(--text)' }}>
            {formatDuration(quantile(times, 0.95))}
          </span>{' '}
          p95
        </>
      }
    >
      <div style={{ position: 'relative', height: 72 }}>
        <ChartBox label={`Round-trip times of the last ${answers.length} requests to this peer`}>
          {(width, height) => <Stems answers={answers} width={width} height={height} />}
        </ChartBox>
      </div>
    </DrawerSection>
  )
}

interface StemsProps {
  answers: readonly RpcRow[]
  width: number
  height: number
}

function Stems({ answers, width, height }: StemsProps) {
  const left = 40
  const bottom = height - 16
  const top = Math.max(...answers.map(({ durationMs = 0 }) => durationMs), 1)
  const x = (index: number) => left + 6 + ((width - left - 12) * index) / Math.max(1, answers.length - 1)
  const y = (ms: number) => bottom - (bottom - 8) * (ms / top)
  const oldest = answers[0]
  return (
    <svg width={width} height={height} aria-hidden="true">
      {[0, top].map((ms) => (
        <g key={ms}>
          <path d={`M${left} ${y(ms)}H${width}`} stroke={ms === 0 ? 'var(--axis)' : 'var(--grid)'} />
          <text className="mono" x={left - 6} y={y(ms) + 4} textAnchor="end">
            {Number(ms.toPrecision(2))}
          </text>
        </g>
      ))}
      {answers.map((row, index) => (
        <g key={row.id}>
          <path d={`M${x(index)} ${bottom}V${y(row.durationMs ?? 0)}`} stroke="var(--accent)" opacity=".35" />
          {row.outcome === 'ok' ? (
            <circle cx={x(index)} cy={y(row.durationMs ?? 0)} r="2" fill="var(--accent)" />
          ) : (
            <GlyphMark kind={row.outcome} x={x(index)} y={y(row.durationMs ?? 0)} size={9} />
          )}
        </g>
      ))}
      <text x={left} y={height - 3}>
        {oldest !== undefined && `${formatAge(Date.now() - oldest.at)} ago, ms`}
      </text>
      <text x={width - 2} y={height - 3} textAnchor="end">
        latest
      </text>
    </svg>
  )
}
