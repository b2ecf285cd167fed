import type { PeerRow } from '../../../shared/rows.ts'
import type { DenseColumn } from '../../components/dense-table.tsx'
import { PeerStateGlyph } from '../../components/peer-state-glyph.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { hexGroups, shortPeerId, withoutPeerId } from '../../format/ids.ts'
import { NO_VALUE } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'
import classes from './table.module.css'

const states = ['live', 'unverified', 'stale', 'replacement']

/** The columns of the peer table. */
export const peerColumns: readonly DenseColumn<PeerRow>[] = [
  {
    id: 'state',
    header: '',
    name: 'State',
    width: 30,
    cell: ({ state }) => <PeerStateGlyph state={state} />,
  },
  {
    id: 'peer',
    header: 'Peer',
    width: 104,
    value: ({ id }) => id,
    cell: ({ id }) => (
      <span className="mono" title={id}>
        {shortPeerId(id)}
      </span>
    ),
  },
  {
    id: 'distance',
    header: 'Distance',
    width: 136,
    value: ({ distance }) => distance,
    cell: ({ distance, cpl }) => (
      <span className="mono" title={distance}>
        {hexGroups(distance)}
        <span className={classes.cplBar} style={{ width: Math.max(2, 44 - cpl * 4) }} />
      </span>
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
    id: 'address',
    header: 'Address in use',
    minWidth: 176,
    value: ({ address }) => address,
    cell: ({ address, addresses }) => (
      <span className="mono muted" title={addresses.join('\n')}>
        {address === undefined ? NO_VALUE : withoutPeerId(address)}
      </span>
    ),
  },
  {
    id: 'agent',
    header: 'Agent',
    width: 128,
    hideBelow: 920,
    value: ({ agent }) => agent,
    cell: ({ agent }) => (
      <span className="mono" title={agent}>
        {agent ?? NO_VALUE}
      </span>
    ),
  },
  {
    id: 'protocols',
    header: 'Protocols',
    width: 76,
    align: 'right',
    hideBelow: 980,
    value: ({ protocols }) => protocols.length,
    cell: ({ protocols }) => (
      <span className="mono muted" title={protocols.join('\n')}>
        {protocols.length === 0 ? NO_VALUE : protocols.length}
      </span>
    ),
  },
  {
    id: 'rtt',
    header: 'RTT',
    width: 68,
    align: 'right',
    value: ({ rttMs }) => rttMs,
    cell: ({ rttMs }) => (
      <span className="mono">{rttMs === undefined ? NO_VALUE : formatDuration(rttMs)}</span>
    ),
  },
  {
    id: 'seen',
    header: 'Seen',
    width: 64,
    align: 'right',
    value: ({ lastSeenAt }) => lastSeenAt,
    cell: ({ lastSeenAt }) => <Moment at={lastSeenAt} />,
  },
  {
    id: 'useful',
    header: 'Useful',
    width: 68,
    align: 'right',
    hideBelow: 640,
    value: ({ lastUsefulAt }) => lastUsefulAt,
    cell: ({ lastUsefulAt }) => <Moment at={lastUsefulAt} />,
  },
  {
    id: 'reason',
    header: 'Why admitted',
    width: 132,
    hideBelow: 700,
    value: ({ reason, state }) => states.indexOf(state) + reason,
    cell: ({ reason, state }) => (
      <span className={state === 'unverified' ? 'muted' : undefined} title={reason}>
        {reason}
      </span>
    ),
  },
]

function Moment({ at }: { at: number | undefined }) {
  return <span className="mono muted">{at === undefined ? 'never' : <RelativeTime at={at} />}</span>
}
