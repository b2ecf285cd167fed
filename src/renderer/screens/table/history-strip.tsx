import { ActionIcon } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { TableHistoryRow } from '../../../shared/rows.ts'
import { ChartBox } from '../../components/chart-box.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { formatCount } from '../../format/numbers.ts'
import { formatClock, formatMoment } from '../../format/times.ts'
import { sizeCourse } from './past-table.ts'
import { SizeChart } from './size-chart.tsx'
import classes from './table.module.css'

interface HistoryStripProps {
  history: readonly TableHistoryRow[]
  /** The moment shown; undefined for now. */
  at: number | undefined
  onAt: (at: number | undefined) => void
  error: unknown
}

const STEPS = 1000
const PLAY_STEPS = 200
const PLAY_INTERVAL_MS = 60
const MAX_POINTS = 1500

/** The table's size and changes over time; the slider redraws the screen as it was. */
export function HistoryStrip({ history, at, onAt, error }: HistoryStripProps) {
  const from = history[0]?.at
  const to = history.at(-1)?.at
  return (
    <section className={classes.time} aria-label="History">
      {error !== undefined && <ErrorText error={error} />}
      {error === undefined && (from === undefined || to === undefined || to === from) && (
        <p className="sm muted nowrap">
          No change of the table is known yet; the history begins with the first.
        </p>
      )}
      {error === undefined && from !== undefined && to !== undefined && to > from && (
        <Course history={history} from={from} to={to} at={at} onAt={onAt} />
      )}
    </section>
  )
}

interface CourseProps extends Omit<HistoryStripProps, 'error'> {
  from: number
  to: number
}

function Course({ history, from, to, at, onAt }: CourseProps) {
  const course = useMemo(() => sizeCourse(history, MAX_POINTS), [history])
  const { isPlaying, setPlaying } = usePlay({ from, to, at, onAt })
  const shown = Math.min(to, Math.max(from, at ?? to))
  const step = Math.round(((shown - from) / (to - from)) * STEPS)
  const setStep = (next: number) => onAt(next >= STEPS ? undefined : from + ((to - from) * next) / STEPS)
  return (
    <>
      <div>
        <div className="row" style={{ gap: 6 }}>
          <ActionIcon
            variant="default"
            aria-label={isPlaying ? 'Pause the history' : 'Play the history'}
            onClick={() => setPlaying(!isPlaying)}
          >
            {isPlaying ? <IconPlayerPause size={12} /> : <IconPlayerPlay size={12} />}
          </ActionIcon>
          <span className="mono strong" title={formatMoment(shown)}>
            {formatClock(shown)}
          </span>
        </div>
        {at === undefined ? (
          <span className="xs muted nowrap">now · drag to go back</span>
        ) : (
          <button type="button" className={classes.toNow} onClick={() => onAt(undefined)}>
            back to now
          </button>
        )}
      </div>
      <div className={classes.course}>
        <ChartBox label="Size of the routing table over time, with its changes">
          {(width, height) => <SizeChart {...{ width, height, history, course, from, to, shown }} />}
        </ChartBox>
        <input
          type="range"
          aria-label="Moment shown"
          aria-valuetext={at === undefined ? 'now' : formatClock(shown)}
          min={0}
          max={STEPS}
          value={step}
          onChange={(event) => setStep(Number(event.currentTarget.value))}
        />
      </div>
      <Counts history={history} />
    </>
  )
}

/** Steps through the history until it reaches now. */
function usePlay(props: Omit<CourseProps, 'history'>) {
  const [isPlaying, setPlaying] = useState(false)
  // One timer while it plays: what the feed brings meanwhile must not begin the pause anew.
  const latest = useRef(props)
  useEffect(() => {
    latest.current = props
  })
  useEffect(() => {
    if (!isPlaying) return
    const timer = setInterval(() => {
      const { from, to, at = from, onAt } = latest.current
      const next = at + (to - from) / PLAY_STEPS
      onAt(next >= to ? undefined : next)
      if (next >= to) setPlaying(false)
    }, PLAY_INTERVAL_MS)
    return () => clearInterval(timer)
  }, [isPlaying])
  return { isPlaying, setPlaying }
}

function Counts({ history }: { history: readonly TableHistoryRow[] }) {
  const count = (change: TableHistoryRow['change']) =>
    formatCount(history.filter((row) => row.change === change).length)
  const lines = [
    ['❘ added', count('added')],
    ['✕ removed', count('removed')],
    ['◆ changed', count('changed')],
  ] as const
  return (
    <div className={classes.counts}>
      {lines.map(([name, value]) => (
        <div key={name}>
          <span>{name}</span>
          <span className="mono" style={{ color: 'var(--text)' }}>
            {value}
          </span>
        </div>
      ))}
    </div>
  )
}
