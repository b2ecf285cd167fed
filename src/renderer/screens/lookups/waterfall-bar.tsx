import { Glyph } from '../../components/glyph.tsx'
import { percentIn, type TimeWindow } from './time-scale.ts'
import classes from './waterfall.module.css'
import type { Segment, WaterfallRow } from './waterfall.ts'

/** The stretches of one request, phases told by texture and the outcome by colour. */
export function WaterfallBar({ row, window }: { row: WaterfallRow; window: TimeWindow }) {
  const isSilent = row.outcome === 'slow' && !row.isLate
  return (
    <>
      {row.segments.map((segment) => (
        <SegmentBar
          key={segment.phase}
          segment={segment}
          window={window}
          isSilent={isSilent && segment.phase !== 'queued'}
          slowAtMs={row.slowAtMs}
        />
      ))}
      {row.slowAtMs !== undefined && row.slowAtMs <= row.endMs && (
        <span className={classes.slowMark} style={{ left: `${percentIn(window, row.slowAtMs)}%` }}>
          <Glyph kind="slow" size={10} />
        </span>
      )}
      {row.reason !== undefined && !isSilent && (
        <span className={classes.note} style={{ left: `${percentIn(window, row.endMs)}%` }}>
          {row.reason}
        </span>
      )}
    </>
  )
}

interface SegmentProps {
  segment: Segment
  window: TimeWindow
  isSilent: boolean
  slowAtMs: number | undefined
}

/** A silent peer is a grey line until its soft deadline, dotted after it. */
function SegmentBar({ segment, window, isSilent, slowAtMs }: SegmentProps) {
  const { phase, fromMs, toMs } = segment
  if (!isSilent) return <Stretch className={classes[phase]} fromMs={fromMs} toMs={toMs} window={window} />
  const turnMs = Math.min(toMs, Math.max(fromMs, slowAtMs ?? toMs))
  return (
    <>
      {turnMs > fromMs && (
        <Stretch className={classes.silent} fromMs={fromMs} toMs={turnMs} window={window} />
      )}
      {toMs > turnMs && <Stretch className={classes.given} fromMs={turnMs} toMs={toMs} window={window} />}
    </>
  )
}

interface StretchProps extends Omit<Segment, 'phase'> {
  className: string | undefined
  window: TimeWindow
}

function Stretch({ className, fromMs, toMs, window }: StretchProps) {
  const left = percentIn(window, fromMs)
  const style = { left: `${left}%`, width: `max(1px, ${percentIn(window, toMs) - left}%)` }
  return <span className={className} style={style} />
}
