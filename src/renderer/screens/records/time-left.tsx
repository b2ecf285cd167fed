import { Meter } from '../../components/meter.tsx'
import { useNow } from '../../components/use-now.ts'
import { formatCountdown, formatMoment } from '../../format/times.ts'
import classes from './store-panel.module.css'

/** Under this it is about to go. */
const SOON_MS = 3 * 3_600_000

/** How long a record is still kept, counting down, against its whole life. */
export function TimeLeft({ receivedAt, expiresAt }: { receivedAt: number; expiresAt: number }) {
  const leftMs = Math.max(0, expiresAt - useNow())
  const isSoon = leftMs < SOON_MS
  return (
    <span className={classes.ttl} title={`expires ${formatMoment(expiresAt)}`}>
      <Meter
        label="Time left"
        value={Math.round(leftMs / 1000)}
        max={Math.max(1, Math.round((expiresAt - receivedAt) / 1000))}
        tone={isSoon ? 'warn' : 'accent'}
      />
      <span className={`mono ${classes.left} ${isSoon ? 'warn' : ''}`}>{formatCountdown(leftMs)}</span>
    </span>
  )
}
