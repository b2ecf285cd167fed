import { type DenseColumn, DenseTable } from '../../components/dense-table.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { formatBytes } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'
import { bytesOfBase64, valuePreview } from '../records/value-bytes.ts'
import type { SeenValue } from './seen-values.ts'

const columns: readonly DenseColumn<SeenValue>[] = [
  {
    id: 'outcome',
    header: '',
    name: 'outcome',
    width: 36,
    cell: ({ rejected, isSelected }) => (
      <Glyph kind={rejected !== undefined ? 'rejected' : isSelected ? 'ok' : 'slow'} label="" />
    ),
  },
  {
    id: 'value',
    header: 'Value',
    minWidth: 160,
    cell: ({ value }) => <span className="mono">{valuePreview(bytesOfBase64(value))}</span>,
  },
  {
    id: 'size',
    header: 'Size',
    width: 72,
    align: 'right',
    cell: ({ value }) => <span className="mono">{formatBytes(bytesOfBase64(value).length)}</span>,
  },
  {
    id: 'holders',
    header: 'Holders',
    width: 64,
    align: 'right',
    cell: ({ holders }) => <span className="mono">{holders.length}</span>,
  },
  {
    id: 'first',
    header: 'First seen',
    width: 80,
    align: 'right',
    cell: ({ firstMs }) => <span className="mono">{formatDuration(firstMs)}</span>,
  },
  {
    id: 'verdict',
    header: 'Verdict',
    cell: ({ rejected, isSelected }) => (
      <span className="muted">{rejected ?? (isSelected ? 'selected' : 'valid, not selected')}</span>
    ),
  },
]

const idOf = ({ value }: SeenValue) => value

interface ValuesTableProps {
  values: readonly SeenValue[]
  onSelect: (rpcId: number) => void
}

/** Every distinct value seen; choosing one leads to who brought it first. */
export function ValuesTable({ values, onSelect }: ValuesTableProps) {
  return (
    <DenseTable
      label="Distinct values seen"
      rows={values}
      columns={columns}
      idOf={idOf}
      onSelect={({ holders }) => {
        const request = holders.find(({ rpcId }) => rpcId !== undefined)?.rpcId
        if (request !== undefined) onSelect(request)
      }}
    />
  )
}
