import { useMemo } from 'react'
import type { PeerRow, PeerState } from '../../../shared/rows.ts'
import { FilterPill } from '../../components/filter-pill.tsx'
import { Panel } from '../../components/panel.tsx'
import { formatCount } from '../../format/numbers.ts'
import { useApp } from '../../state/app-store.ts'
import { BucketChart } from './bucket-chart.tsx'
import { bucketsOf } from './bucket-data.ts'
import classes from './table.module.css'

interface BucketsPanelProps {
  peers: readonly PeerRow[]
  isPast: boolean
  /** The bucket chosen. */
  cpl: number | undefined
  onCpl: (cpl: number | undefined) => void
}

const swatches: Record<PeerState, React.CSSProperties> = {
  live: { background: 'var(--state-live)' },
  unverified: {
    background: 'repeating-linear-gradient(135deg, var(--state-live) 0 1.5px, transparent 1.5px 4px)',
    outline: '1px solid var(--state-live)',
    outlineOffset: -1,
  },
  stale: { background: 'var(--state-stale)' },
  replacement: { border: '1px dashed var(--state-replacement)' },
}
const states: readonly PeerState[] = ['live', 'unverified', 'stale', 'replacement']

/** Peers by bucket and state against capacity and expectation; a bar filters the table below. */
export function BucketsPanel({ peers, isPast, cpl, onCpl }: BucketsPanelProps) {
  const k = useApp(({ node }) => node?.k ?? 20)
  const nodes = useApp(({ health }) => health?.networkSize?.nodes)
  const buckets = useMemo(() => bucketsOf(peers, k, nodes), [peers, k, nodes])
  const total = (state: PeerState) => buckets.reduce((sum, bucket) => sum + bucket[state], 0)
  const seated = buckets.reduce((sum, bucket) => sum + bucket.seated, 0)
  return (
    <Panel
      title="Buckets"
      hint={`${formatCount(seated)} peers${isPast ? ' then' : ''}`}
      actions={
        <>
          {cpl !== undefined && (
            <FilterPill isOn onToggle={() => onCpl(undefined)}>
              bucket {cpl} ✕
            </FilterPill>
          )}
          <span className={classes.legend}>
            {states.map((state) => (
              <span key={state}>
                <i style={swatches[state]} />
                {state} {formatCount(total(state))}
              </span>
            ))}
            {nodes !== undefined && (
              <span>
                <i style={{ borderTop: '2px solid var(--text-muted)', height: 4, borderRadius: 0 }} />
                expected
              </span>
            )}
          </span>
        </>
      }
    >
      <BucketChart
        buckets={buckets}
        k={k}
        selected={cpl}
        onSelect={(next) => onCpl(next === cpl ? undefined : next)}
      />
    </Panel>
  )
}
