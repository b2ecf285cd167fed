import { ActionIcon } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import {
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconPlayerTrackPrev,
  IconX,
} from '@tabler/icons-react'
import { GlyphMark } from '../../components/glyph.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { formatDuration } from '../../format/times.ts'
import type { DistancePoint } from './distance-chart.ts'
import { placeLabels } from './place-labels.ts'
import classes from './replay-bar.module.css'
import { type Replay, type ReplaySpeed, replaySpeeds } from './use-replay.ts'

interface ReplayBarProps {
  replay: Replay
  durationMs: number
  points: readonly DistancePoint[]
  marks: readonly { label: string; atMs: number }[]
  onSelect: (rpcId: number) => void
}

/** Goes through an operation again: to any moment, from answer to answer, or at a speed. */
export function ReplayBar({ replay, durationMs, points, marks, onSelect }: ReplayBarProps) {
  const { cursorMs, isPlaying, toggle, seek, speed, setSpeed } = replay
  const goTo = (point: DistancePoint | undefined) => {
    if (point === undefined) return
    seek(point.atMs)
    onSelect(point.rpcId)
  }
  const at = cursorMs ?? durationMs
  return (
    <section className={classes.bar} aria-label="Replay">
      <ActionIcon
        aria-label="Previous answer"
        onClick={() => goTo(points.findLast(({ atMs }) => atMs < at - 0.01))}
      >
        <IconPlayerTrackPrev size={14} />
      </ActionIcon>
      <ActionIcon aria-label={isPlaying ? 'Pause' : 'Play'} onClick={toggle}>
        {isPlaying ? <IconPlayerPause size={14} /> : <IconPlayerPlay size={14} />}
      </ActionIcon>
      <ActionIcon aria-label="Next answer" onClick={() => goTo(points.find(({ atMs }) => atMs > at + 0.01))}>
        <IconPlayerTrackNext size={14} />
      </ActionIcon>
      <span className={classes.time}>
        <b>{formatDuration(at)}</b> <span>of {formatDuration(durationMs)}</span>
      </span>
      <Scrubber at={at} durationMs={durationMs} points={points} marks={marks} onSeek={seek} />
      <ActionIcon
        aria-label="End the replay"
        disabled={cursorMs === undefined}
        onClick={() => seek(undefined)}
      >
        <IconX size={14} />
      </ActionIcon>
      <Segmented
        label="Speed"
        value={String(speed)}
        onChange={(value) => setSpeed(speedOf(value))}
        options={replaySpeeds.map((option) => ({ value: String(option), label: `${option}×` }))}
      />
    </section>
  )
}

function speedOf(text: string): ReplaySpeed {
  return replaySpeeds.find((speed) => String(speed) === text) ?? 1
}

interface ScrubberProps {
  at: number
  durationMs: number
  points: readonly DistancePoint[]
  marks: readonly { label: string; atMs: number }[]
  onSeek: (atMs: number) => void
}

/** A range input, drawn by us: keys and pointer work as in any other. */
function Scrubber({ at, durationMs, points, marks, onSeek }: ScrubberProps) {
  const { ref, width } = useElementSize()
  return (
    <div ref={ref} className={classes.scrubber}>
      <input
        type="range"
        aria-label="Time shown"
        aria-valuetext={formatDuration(at)}
        min={0}
        max={durationMs}
        step={Math.max(0.1, durationMs / 500)}
        value={at}
        onChange={(event) => onSeek(event.currentTarget.valueAsNumber)}
      />
      {width > 0 && <Track at={at} durationMs={durationMs} points={points} marks={marks} width={width} />}
    </div>
  )
}

interface TrackProps extends Omit<ScrubberProps, 'onSeek'> {
  width: number
}

const MIDDLE = 19

function Track({ at, durationMs, points, marks, width }: TrackProps) {
  const x = (atMs: number) => 8 + (width - 16) * (atMs / Math.max(1, durationMs))
  return (
    <svg width={width} height={38} aria-hidden="true">
      <path d={`M8 ${MIDDLE}H${width - 8}`} stroke="var(--border-control)" strokeWidth={2} />
      <path d={`M8 ${MIDDLE}H${x(at)}`} stroke="var(--accent)" strokeWidth={3} />
      {points.map(({ rpcId, atMs, outcome }) =>
        outcome === 'ok' ? (
          <path key={rpcId} d={`M${x(atMs)} ${MIDDLE - 9}v5`} stroke="var(--outcome-ok)" />
        ) : (
          <GlyphMark key={rpcId} kind={outcome} x={x(atMs)} y={MIDDLE - 10} size={8} />
        ),
      )}
      {placeLabels(
        marks.map(({ label, atMs }) => ({ label, x: x(atMs) })),
        width,
      ).map(({ label, x: at, side }) => (
        <g key={label}>
          <path d={`M${at} ${MIDDLE + 4}v6`} stroke="var(--text-muted)" />
          {side !== undefined && (
            <text
              x={at + (side === 'left' ? -4 : 4)}
              y={MIDDLE + 14}
              textAnchor={side === 'left' ? 'end' : 'start'}
            >
              {label}
            </text>
          )}
        </g>
      ))}
      <circle cx={x(at)} cy={MIDDLE} r={6} fill="var(--accent)" stroke="var(--surface)" strokeWidth={2} />
    </svg>
  )
}
