import { type DenseColumn, DenseTable } from '../../components/dense-table.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { PeerIdText } from '../../components/peer-id-text.tsx'
import { tailPeerId } from '../../format/ids.ts'
import { NO_VALUE } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'
import type { LookupPeer } from './lookup-peers.ts'

const columns: readonly DenseColumn<LookupPeer>[] = [
  {
    id: 'outcome',
    header: '',
    name: 'outcome',
    width: 36,
    value: ({ outcome }) => outcome,
    cell: ({ outcome }) => <Glyph kind={outcome ?? 'none'} label={outcome ?? 'not asked'} />,
  },
  {
    id: 'rank',
    header: '#',
    name: 'place in the result',
    width: 40,
    align: 'right',
    value: ({ rank }) => rank,
    cell: ({ rank }) => <span className="mono">{rank}</span>,
  },
  { id: 'peer', header: 'Peer', width: 116, value: ({ id }) => id, cell: ({ id }) => <PeerIdText id={id} /> },
  {
    id: 'bits',
    header: 'Bits',
    name: 'bits shared with the key',
    width: 52,
    align: 'right',
    value: ({ sharedBits }) => sharedBits,
    cell: ({ sharedBits }) => <span className="mono">{sharedBits ?? NO_VALUE}</span>,
  },
  {
    id: 'distance',
    header: 'Distance',
    width: 80,
    align: 'right',
    value: ({ log2Distance }) => log2Distance,
    cell: ({ log2Distance }) => (
      <span className="mono">{log2Distance === undefined ? NO_VALUE : `2^${log2Distance.toFixed(1)}`}</span>
    ),
  },
  {
    id: 'hop',
    header: 'Hop',
    width: 48,
    align: 'right',
    value: ({ hop }) => hop,
    cell: ({ hop }) => <span className="mono">{hop ?? NO_VALUE}</span>,
  },
  {
    id: 'introducer',
    header: 'Named by',
    width: 88,
    value: ({ introducedBy }) => introducedBy,
    cell: ({ introducedBy }) => (
      <span className="mono muted" title={introducedBy}>
        {introducedBy === undefined ? 'seed' : tailPeerId(introducedBy)}
      </span>
    ),
  },
  {
    id: 'rtt',
    header: 'Wait',
    width: 72,
    align: 'right',
    value: ({ rttMs }) => rttMs,
    cell: ({ rttMs }) => (
      <span className="mono">{rttMs === undefined ? NO_VALUE : formatDuration(rttMs)}</span>
    ),
  },
  {
    id: 'named',
    header: 'Named, new',
    width: 84,
    align: 'right',
    value: ({ named }) => named,
    cell: ({ named, namedNew }) => (
      <span className="mono">{named === 0 ? NO_VALUE : `${named}, ${namedNew}`}</span>
    ),
  },
  {
    id: 'reason',
    header: 'What happened',
    minWidth: 120,
    value: ({ reason }) => reason,
    cell: ({ reason, outcome, store }) => <span className="muted">{happened(reason, outcome, store)}</span>,
  },
]

function happened(
  reason: string | undefined,
  outcome: LookupPeer['outcome'],
  store: LookupPeer['store'],
): string {
  const asked = reason ?? (outcome === undefined ? 'not asked' : outcome === 'ok' ? 'answered' : outcome)
  if (store === undefined) return asked
  return `${asked}; ${store.outcome === 'ok' ? 'stored it' : (store.reason ?? store.outcome)}`
}

const idOf = ({ id }: LookupPeer) => id

interface PeersTableProps {
  peers: readonly LookupPeer[]
  selected: number | undefined
  onSelect: (rpcId: number) => void
}

/** Everybody a lookup heard of, nearest first. */
export function PeersTable({ peers, selected, onSelect }: PeersTableProps) {
  const chosen = peers.find(
    ({ rpcId, store }) => selected !== undefined && (rpcId === selected || store?.rpcId === selected),
  )
  return (
    <DenseTable
      label="Peers heard of, nearest to the key first"
      rows={peers}
      columns={columns}
      idOf={idOf}
      selectedId={chosen?.id}
      onSelect={({ rpcId, store }) => {
        const request = rpcId ?? store?.rpcId
        if (request !== undefined) onSelect(request)
      }}
    />
  )
}
