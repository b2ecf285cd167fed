import { Glyph } from '../../components/glyph.tsx'
import { RpcChip } from '../../components/rpc-chip.tsx'
import { SeverityGlyph } from '../../components/verdict-list.tsx'
import { formatDuration } from '../../format/times.ts'
import classes from './verdict-panel.module.css'
import type { TraceVerdict } from './verdicts.ts'
import type { WaterfallRow } from './waterfall.ts'

interface VerdictPanelProps {
  verdicts: readonly TraceVerdict[]
  rows: readonly WaterfallRow[]
  durationMs: number
  onSelect: (rpcId: number) => void
}

/** Why it went as it did: sentences, ranked by the time they cost, each with the requests that prove it. */
export function VerdictPanel({ verdicts, rows, durationMs, onSelect }: VerdictPanelProps) {
  const byId = new Map(rows.map((row) => [row.rpcId, row]))
  return (
    <section className={classes.panel} aria-label="Verdict">
      <div className={classes.side}>
        <h2>Verdict</h2>
        <p>What the time went on, most first.</p>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls when there are many */}
      <ol className={classes.list} tabIndex={0} aria-label="Verdicts">
        {verdicts.length === 0 && (
          <li className={classes.item}>
            <Glyph kind="none" label="" />
            <span className="muted">Nothing stands out so far.</span>
          </li>
        )}
        {verdicts.map((verdict) => (
          <li key={`${verdict.title}${verdict.text}`} className={classes.item}>
            <SeverityGlyph severity={verdict.severity} />
            <Cost costMs={verdict.costMs} durationMs={durationMs} />
            <span className={classes.text} title={`${verdict.title} ${verdict.text}`}>
              <b>{verdict.title}</b> {verdict.text}
            </span>
            <span className={classes.chips}>
              {verdict.rpcIds.slice(0, 3).map((rpcId) => {
                const row = byId.get(rpcId)
                return row === undefined ? null : (
                  <RpcChip
                    key={rpcId}
                    outcome={row.outcome}
                    peer={row.peer}
                    number={row.number}
                    onClick={() => onSelect(rpcId)}
                  />
                )
              })}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Cost({ costMs, durationMs }: { costMs: number; durationMs: number }) {
  const share = durationMs > 0 ? Math.min(100, (costMs / durationMs) * 100) : 0
  return (
    <span className={classes.cost}>
      <span className={classes.meter}>
        <b style={{ width: `${share}%` }} />
      </span>
      <span className="mono">{costMs > 0 ? formatDuration(costMs) : ''}</span>
    </span>
  )
}
