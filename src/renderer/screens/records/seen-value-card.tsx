import { Glyph } from '../../components/glyph.tsx'
import { tailPeerId } from '../../format/ids.ts'
import { formatBytes } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'
import type { SeenValue } from '../lookups/seen-values.ts'
import classes from './seen-value-card.module.css'
import { bytesOfBase64, valuePreview } from './value-bytes.ts'

interface SeenValueCardProps {
  value: SeenValue
  /** Peers that answered. */
  asked: number
  isEnded: boolean
}

/** One distinct value with its holders and its fate. */
export function SeenValueCard({ value: seen, asked, isEnded }: SeenValueCardProps) {
  const { value, holders, rejected, isSelected, firstMs } = seen
  const bytes = bytesOfBase64(value)
  const kind = rejected !== undefined ? 'rejected' : isSelected || !isEnded ? 'ok' : 'slow'
  return (
    <article className={classes.card} data-selected={isSelected}>
      <div className={classes.first}>
        <Glyph kind={kind} label="" />
        <span className="mono grow cut" title={valuePreview(bytes)}>
          {valuePreview(bytes)}
        </span>
        <span className={isSelected ? classes.won : 'xs muted'}>{fate(seen, isEnded)}</span>
      </div>
      <div className={classes.second}>
        <HolderBar holders={holders.length} of={Math.max(asked, holders.length)} kind={kind} />
        <span title={holders.map(({ peer }) => peer).join('\n')}>
          <b className="mono">{holders.length}</b> of {Math.max(asked, holders.length)}
        </span>
        <span>{formatBytes(bytes.length)}</span>
        <span>first at {formatDuration(firstMs)}</span>
        <span className="cut">
          by{' '}
          {holders
            .slice(0, 3)
            .map(({ peer, rpcId }) => (rpcId === undefined ? 'this node' : tailPeerId(peer)))
            .join(', ')}
          {holders.length > 3 ? ` and ${holders.length - 3} more` : ''}
        </span>
      </div>
      {rejected !== undefined && <p className={classes.reason}>{rejected}</p>}
    </article>
  )
}

function fate({ rejected, isSelected }: SeenValue, isEnded: boolean): string {
  if (rejected !== undefined) return 'rejected'
  if (isSelected) return 'selected'
  return isEnded ? 'valid, not selected' : 'valid'
}

const MAX_TICKS = 40

function HolderBar({ holders, of, kind }: { holders: number; of: number; kind: 'ok' | 'slow' | 'rejected' }) {
  const ticks = Math.min(of, MAX_TICKS)
  const filled = Math.round((holders / Math.max(1, of)) * ticks)
  return (
    <span className={`${classes.holders} o-${kind === 'ok' ? 'accent' : kind}`} aria-hidden="true">
      {Array.from({ length: ticks }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: ticks have nothing but their place
        <i key={index} data-filled={index < Math.max(filled, Math.min(1, holders))} />
      ))}
    </span>
  )
}
