import { Link } from 'wouter'
import type { RpcRow } from '../../../shared/rows.ts'
import type { DenseColumn } from '../../components/dense-table.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { rpcGlyph } from '../../components/rpc-glyph.ts'
import { hexGroups, shortPeerId } from '../../format/ids.ts'
import { formatBytes, NO_VALUE } from '../../format/numbers.ts'
import { formatClock, formatDuration, formatMoment } from '../../format/times.ts'

/** The columns of the RPC log. */
export const rpcColumns: readonly DenseColumn<RpcRow>[] = [
  {
    id: 'outcome',
    header: '',
    name: 'Outcome',
    width: 30,
    cell: (row) => <Glyph kind={rpcGlyph(row)} label={`${row.direction}, ${row.outcome}`} />,
  },
  {
    id: 'at',
    header: 'Time',
    width: 104,
    value: ({ at }) => at,
    cell: ({ at }) => (
      <time className="mono faint" dateTime={new Date(at).toISOString()} title={formatMoment(at)}>
        {formatClock(at, { withMs: true })}
      </time>
    ),
  },
  {
    id: 'direction',
    header: 'Way',
    width: 48,
    value: ({ direction }) => direction,
    cell: ({ direction }) => direction,
  },
  {
    id: 'type',
    header: 'Type',
    width: 120,
    value: ({ type }) => type,
    cell: ({ type }) => <span className="mono">{type}</span>,
  },
  {
    id: 'key',
    header: 'Key',
    minWidth: 100,
    cell: ({ key }) => (
      <span className="mono muted" title={key}>
        {key === undefined || key === '' ? NO_VALUE : hexGroups(key, 6)}
      </span>
    ),
  },
  {
    id: 'peer',
    header: 'Peer',
    width: 112,
    value: ({ peer }) => peer,
    cell: ({ peer }) => (
      <Link
        href={`/table/${peer}`}
        className="mono"
        title={peer}
        onClick={(event) => event.stopPropagation()}
      >
        {shortPeerId(peer)}
      </Link>
    ),
  },
  {
    id: 'cpl',
    header: 'CPL',
    width: 52,
    align: 'right',
    value: ({ cpl }) => cpl,
    cell: ({ cpl }) => <span className="mono">{cpl}</span>,
  },
  {
    id: 'request',
    header: 'Request',
    width: 80,
    align: 'right',
    hideBelow: 900,
    value: ({ requestSizeBytes }) => requestSizeBytes,
    cell: ({ requestSizeBytes }) => <span className="mono">{formatBytes(requestSizeBytes)}</span>,
  },
  {
    id: 'reply',
    header: 'Reply',
    width: 80,
    align: 'right',
    value: ({ replySizeBytes }) => replySizeBytes,
    cell: ({ replySizeBytes }) => (
      <span className="mono">{replySizeBytes === 0 ? NO_VALUE : formatBytes(replySizeBytes)}</span>
    ),
  },
  {
    id: 'took',
    header: 'Took',
    width: 76,
    align: 'right',
    value: ({ durationMs }) => durationMs,
    cell: ({ durationMs }) => (
      <span className="mono">{durationMs === undefined ? NO_VALUE : formatDuration(durationMs)}</span>
    ),
  },
  {
    id: 'note',
    header: 'Outcome',
    width: 168,
    value: ({ outcome }) => outcome,
    cell: ({ outcome, reason, purpose }) => (
      <span title={reason}>
        {outcome}
        <span className="muted">{noteOf(reason ?? purpose)}</span>
      </span>
    ),
  },
]

function noteOf(note: string | undefined): string {
  return note === undefined ? '' : `, ${note}`
}
