import { useMemo } from 'react'
import { Link } from 'wouter'
import type { OperationRow } from '../../../shared/rows.ts'
import { type DenseColumn, DenseTable } from '../../components/dense-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { Panel } from '../../components/panel.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { shortKey } from '../../format/ids.ts'
import { formatCount, formatPercent, NO_VALUE } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'
import { navigate } from '../../route/hash-location.ts'
import { useApp } from '../../state/app-store.ts'

const MAX_ROWS = 50

const columns: readonly DenseColumn<OperationRow>[] = [
  { id: 'outcome', header: '', name: 'Outcome', width: 30, cell: ({ outcome }) => <Glyph kind={outcome} /> },
  { id: 'kind', header: 'Kind', width: 124, cell: ({ kind }) => <span className="mono">{kind}</span> },
  {
    id: 'key',
    header: 'Key',
    minWidth: 110,
    cell: ({ key }) => (
      <span className="mono" title={key.text}>
        {shortKey(key.text)}
      </span>
    ),
  },
  {
    id: 'result',
    header: 'Result',
    minWidth: 110,
    cell: ({ result, error }) => <span title={error?.message ?? result}>{error?.message ?? result}</span>,
  },
  {
    id: 'reason',
    header: 'Ended',
    width: 88,
    hideBelow: 620,
    cell: ({ reason }) => <span className="muted">{reason ?? 'running'}</span>,
  },
  {
    id: 'took',
    header: 'Took',
    width: 76,
    align: 'right',
    cell: ({ durationMs }) => (
      <span className="mono">{durationMs === undefined ? NO_VALUE : formatDuration(durationMs)}</span>
    ),
  },
  {
    id: 'messages',
    header: 'Msgs',
    width: 52,
    align: 'right',
    hideBelow: 560,
    cell: ({ counts }) => <span className="mono">{formatCount(counts.asked)}</span>,
  },
  {
    id: 'ago',
    header: 'Ago',
    width: 60,
    align: 'right',
    cell: ({ startedAt }) => (
      <span className="mono muted">
        <RelativeTime at={startedAt} />
      </span>
    ),
  },
]

const idOf = ({ id }: OperationRow) => id

/** The latest operations; a row opens its lookup. */
export function RecentLookups() {
  const operations = useApp((state) => state.operations)
  const rows = useMemo(() => operations.slice(0, MAX_ROWS), [operations])
  return (
    <Panel
      title="Recent lookups"
      hint={summary(operations)}
      actions={
        <Link href="/lookups" className="xs" style={{ paddingRight: 4 }}>
          All lookups
        </Link>
      }
    >
      <DenseTable
        label="Recent lookups"
        rows={rows}
        columns={columns}
        idOf={idOf}
        onSelect={({ id }) => navigate(`/lookups/${id}`)}
        empty={
          <EmptyState title="No lookup has run yet.">
            Look something up, publish a value, or wait: the node refreshes its buckets by itself.
          </EmptyState>
        }
      />
    </Panel>
  )
}

function summary(operations: readonly OperationRow[]): string {
  const ended = operations.filter(({ outcome }) => outcome !== 'pending')
  if (ended.length === 0) return ''
  const found = ended.filter(({ outcome }) => outcome === 'ok' || outcome === 'slow').length
  return `${formatCount(operations.length)} kept · ${formatPercent(Math.round((found / ended.length) * 1000) / 1000)} found what they asked for`
}
