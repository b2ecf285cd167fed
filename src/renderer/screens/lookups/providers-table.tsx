import { type DenseColumn, DenseTable } from '../../components/dense-table.tsx'
import { PeerIdText } from '../../components/peer-id-text.tsx'
import type { FoundProvider } from './seen-values.ts'

const columns: readonly DenseColumn<FoundProvider>[] = [
  {
    id: 'provider',
    header: 'Provider',
    width: 132,
    cell: ({ provider }) => <PeerIdText id={provider} copy />,
  },
  {
    id: 'named',
    header: 'Named by',
    width: 72,
    align: 'right',
    value: ({ namedBy }) => namedBy.length,
    cell: ({ namedBy }) => <span className="mono">{namedBy.length}</span>,
  },
  {
    id: 'addresses',
    header: 'Addresses',
    cell: ({ addrs }) => (
      <span className="mono muted" title={addrs.join('\n')}>
        {addrs.length === 0 ? 'none named' : addrs.join('  ')}
      </span>
    ),
  },
]

const idOf = ({ provider }: FoundProvider) => provider

interface ProvidersTableProps {
  providers: readonly FoundProvider[]
  onSelect: (rpcId: number) => void
}

/** Providers in the order they were heard of; choosing one leads to who named it first. */
export function ProvidersTable({ providers, onSelect }: ProvidersTableProps) {
  return (
    <DenseTable
      label="Providers heard of"
      rows={providers}
      columns={columns}
      idOf={idOf}
      onSelect={({ namedBy }) => {
        const request = namedBy.find(({ rpcId }) => rpcId !== undefined)?.rpcId
        if (request !== undefined) onSelect(request)
      }}
    />
  )
}
