import { type DenseColumn, DenseTable } from '../../components/dense-table.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { PeerIdText } from '../../components/peer-id-text.tsx'
import { NO_VALUE } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'
import type { StoreResult } from './lookup-peers.ts'

const columns: readonly DenseColumn<StoreResult>[] = [
  {
    id: 'outcome',
    header: '',
    name: 'outcome',
    width: 36,
    value: ({ outcome }) => outcome,
    cell: ({ outcome }) => <Glyph kind={outcome} />,
  },
  { id: 'peer', header: 'Peer', width: 116, cell: ({ peer }) => <PeerIdText id={peer} /> },
  {
    id: 'took',
    header: 'Took',
    width: 80,
    align: 'right',
    value: ({ durationMs }) => durationMs,
    cell: ({ durationMs }) => (
      <span className="mono">{durationMs === undefined ? NO_VALUE : formatDuration(durationMs)}</span>
    ),
  },
  {
    id: 'what',
    header: 'What came of it',
    cell: ({ outcome, reason }) => (
      <span className="muted">{reason ?? (outcome === 'ok' ? 'stored' : outcome)}</span>
    ),
  },
]

const idOf = ({ rpcId }: StoreResult) => String(rpcId)

interface StoresTableProps {
  results: readonly StoreResult[]
  selected: number | undefined
  onSelect: (rpcId: number) => void
}

/** What each peer did with what it was sent, nearest first. */
export function StoresTable({ results, selected, onSelect }: StoresTableProps) {
  return (
    <DenseTable
      label="Peers it was sent to, nearest to the key first"
      rows={results}
      columns={columns}
      idOf={idOf}
      selectedId={selected === undefined ? undefined : String(selected)}
      onSelect={({ rpcId }) => onSelect(rpcId)}
    />
  )
}
