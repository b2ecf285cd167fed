import { formatAge, formatMoment } from '../format/times.ts'
import { useNow } from './use-now.ts'

/** How long ago, the exact moment on hover. */
export function RelativeTime({ at }: { at: number }) {
  const now = useNow()
  return (
    <time dateTime={new Date(at).toISOString()} title={formatMoment(at)}>
      {formatAge(now - at)}
    </time>
  )
}
