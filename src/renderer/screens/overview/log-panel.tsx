import { Button } from '@mantine/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { LogRow } from '../../../shared/rows.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Panel } from '../../components/panel.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { formatCompact } from '../../format/numbers.ts'
import { formatClock, formatMoment } from '../../format/times.ts'
import { useApp } from '../../state/app-store.ts'
import classes from './overview.module.css'

type Level = LogRow['level']
const levels: readonly Level[] = ['debug', 'info', 'warn', 'error']
const MAX_SHOWN = 500

/** The log's tail, newest first, from a level up; pausing keeps what is on screen. */
export function LogPanel() {
  const live = useApp((state) => state.log)
  const [paused, setPaused] = useState<readonly LogRow[]>()
  const [level, setLevel] = useState<Level>('info')
  const rows = paused ?? live
  const shown = useMemo(() => fromLevel(rows, level), [rows, level])
  const missed = paused === undefined ? 0 : live.filter(({ seq }) => seq > (paused.at(-1)?.seq ?? 0)).length
  return (
    <Panel
      title="Log"
      hint={paused === undefined ? 'following' : `paused, ${formatCompact(missed)} since`}
      actions={
        <>
          <Segmented
            label="Least level shown"
            value={level}
            onChange={setLevel}
            options={levels.map((each) => levelOption(each, live))}
          />
          <Button size="xs" onClick={() => setPaused(paused === undefined ? live : undefined)}>
            {paused === undefined ? 'Pause' : 'Follow'}
          </Button>
        </>
      }
    >
      {shown.length === 0 ? (
        <EmptyState title={`Nothing at ${level} or above.`}>Choose a lower level to see more.</EmptyState>
      ) : (
        <Tail rows={shown} isFollowing={paused === undefined} />
      )}
    </Panel>
  )
}

function fromLevel(rows: readonly LogRow[], level: Level): readonly LogRow[] {
  const least = levels.indexOf(level)
  return rows
    .filter((row) => levels.indexOf(row.level) >= least)
    .slice(-MAX_SHOWN)
    .reverse()
}

function levelOption(level: Level, rows: readonly LogRow[]): { value: Level; label: string } {
  if (level === 'debug' || level === 'info') return { value: level, label: level }
  return {
    value: level,
    label: `${level} ${formatCompact(rows.filter((row) => row.level === level).length)}`,
  }
}

function Tail({ rows, isFollowing }: { rows: readonly LogRow[]; isFollowing: boolean }) {
  const list = useRef<HTMLUListElement>(null)
  const newest = rows[0]?.seq
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row is what makes it scroll
  useEffect(() => {
    if (isFollowing) list.current?.scrollTo({ top: 0 })
  }, [newest, isFollowing])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable by keyboard
    <ul ref={list} className={classes.log} tabIndex={0} aria-label="Log, newest first">
      {rows.map((row) => (
        <Line key={row.seq} row={row} />
      ))}
    </ul>
  )
}

const tones: Record<Level, string> = { debug: 'faint', info: '', warn: 'warn', error: 'bad' }

function Line({ row }: { row: LogRow }) {
  const { at, level, area, text, href } = row
  return (
    <li className={classes.logRow}>
      <time className="faint" dateTime={new Date(at).toISOString()} title={formatMoment(at)}>
        {formatClock(at)}
        <span className={classes.logMs}>.{String((at % 1000) | 0).padStart(3, '0')}</span>
      </time>
      <span className={tones[level]}>{level}</span>
      <span className={`muted ${classes.logArea}`}>{area}</span>
      <span className="cut" title={text}>
        {href === undefined ? text : <Link href={href}>{text}</Link>}
      </span>
    </li>
  )
}
