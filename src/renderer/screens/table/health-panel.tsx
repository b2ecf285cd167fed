import { Button } from '@mantine/core'
import type { HealthRow, Verdict } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Meter } from '../../components/meter.tsx'
import { Panel } from '../../components/panel.tsx'
import { useCommand } from '../../components/use-command.ts'
import { VerdictList } from '../../components/verdict-list.tsx'
import { formatCount } from '../../format/numbers.ts'
import { useApp } from '../../state/app-store.ts'
import { useRunningNetworkId } from '../../state/selectors.ts'
import classes from './table.module.css'

/** How good the table is, with the parts of its score and what to do. */
export function HealthPanel() {
  const health = useApp((state) => state.health)
  const networkId = useRunningNetworkId()
  const { run, isRunning, error } = useCommand(api.node.refresh)
  const nodes = health?.networkSize?.nodes
  return (
    <Panel
      title="Health"
      {...(nodes !== undefined && { hint: `of what N ≈ ${formatCount(nodes)} allows` })}
      scrolls
      actions={
        <Button
          size="xs"
          loading={isRunning}
          disabled={networkId === undefined}
          title="Looks up keys of every bucket and my own id"
          onClick={() => networkId !== undefined && void run({ networkId })}
        >
          Refresh all
        </Button>
      }
    >
      {error !== undefined && <ErrorText error={error} />}
      {health === undefined ? (
        <EmptyState title="Not judged yet.">The first judgement takes a few seconds.</EmptyState>
      ) : (
        <Score health={health} />
      )}
    </Panel>
  )
}

const parts = [
  ['Fill', 'fill', 40],
  ['Freshness', 'freshness', 35],
  ['Coverage', 'coverage', 25],
] as const

function Score({ health }: { health: HealthRow }) {
  return (
    <>
      <div className={classes.score}>
        <div>
          <b>{Math.round(health.score)}</b> <span className="sm faint">/100</span>
        </div>
        <div>
          {parts.map(([name, part, max]) => (
            <div key={part} className={classes.part}>
              <span>{name}</span>
              <Meter label={name} value={health[part]} max={max} />
              <span className="mono" style={{ textAlign: 'right', color: 'var(--text)' }}>
                {Math.round(health[part])}
                <span className="faint">/{max}</span>
              </span>
            </div>
          ))}
        </div>
      </div>
      <VerdictList verdicts={health.verdicts.map(withoutOwnLink)} />
    </>
  )
}

/** A link to this very screen leads nowhere. */
function withoutOwnLink(verdict: Verdict): Verdict {
  if (verdict.href !== '/table') return verdict
  const { href: _, ...rest } = verdict
  return rest
}
