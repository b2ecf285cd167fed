import { Badge, Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { PeerDetail } from '../../../shared/contract.ts'
import type { PeerRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Drawer, DrawerSection } from '../../components/drawer.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Facts } from '../../components/facts.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { PeerIdText } from '../../components/peer-id-text.tsx'
import { PeerStateGlyph } from '../../components/peer-state-glyph.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { useCommand } from '../../components/use-command.ts'
import { hexGroups, shortPeerId, withoutPeerId } from '../../format/ids.ts'
import { NO_VALUE } from '../../format/numbers.ts'
import { formatClock, formatMoment } from '../../format/times.ts'
import { useRunningNetworkId } from '../../state/selectors.ts'
import { ExchangeSections } from './exchange-sections.tsx'
import { PeerRequests } from './peer-requests.tsx'
import classes from './table.module.css'

interface PeerDrawerProps {
  id: string
  /** Its row of the table shown; undefined when it is in none. */
  row: PeerRow | undefined
  onClose: () => void
}

/** What is known of one peer, what was exchanged with it, and what can be done with it. */
export function PeerDrawer({ id, row, onClose }: PeerDrawerProps) {
  const networkId = useRunningNetworkId()
  const { run, result: detail, error } = useCommand(api.peers.get)
  const connected = row?.connected
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection changes what there is to tell
  useEffect(() => {
    if (networkId !== undefined) void run({ networkId, id })
  }, [run, networkId, id, connected])
  return (
    <Drawer
      title={
        <>
          {row !== undefined && <PeerStateGlyph state={row.state} />}
          <PeerIdText id={id} />
          {row !== undefined && <Badge>bucket {row.cpl}</Badge>}
        </>
      }
      actions={<CopyButton value={id} label="Copy peer id" />}
      onClose={onClose}
      footer={
        networkId !== undefined && (
          <PeerActs networkId={networkId} id={id} hasRow={row !== undefined} onClose={onClose} />
        )
      }
    >
      <DrawerSection>
        <p
          className="mono muted"
          style={{
            overflowWrap: 'anywhere',
            fontSize: 10,
            letterSpacing: -0.1,
            lineHeight: '16px',
            marginBottom: 8,
          }}
        >
          {id}
        </p>
        {networkId !== undefined && <PeerRequests networkId={networkId} id={id} />}
      </DrawerSection>
      <DrawerSection>
        {error !== undefined && <ErrorText error={error} />}
        <PeerFacts row={row} detail={detail} />
      </DrawerSection>
      <Addresses row={row} detail={detail} />
      <ExchangeSections peer={id} />
    </Drawer>
  )
}

function PeerFacts({ row, detail }: { row: PeerRow | undefined; detail: PeerDetail | undefined }) {
  const agent = detail?.agent ?? row?.agent
  const protocols = detail?.protocols ?? row?.protocols ?? []
  const kad = protocols.find((protocol) => protocol.includes('/kad/')) ?? protocols[0]
  const others = protocols.length - 1
  return (
    <Facts
      items={[
        [
          'Distance',
          row === undefined ? (
            'not in the table'
          ) : (
            <span key="distance" className="mono" title={row.distance}>
              {hexGroups(row.distance, 3)}… <span className="faint">{row.cpl} bits shared</span>
            </span>
          ),
        ],
        [
          'Agent',
          <span key="agent" className="mono">
            {agent ?? NO_VALUE}
          </span>,
        ],
        [
          'Speaks',
          <span key="speaks" className="mono" title={protocols.join('\n')}>
            {kad ?? NO_VALUE} {others > 0 && <span className="faint">+ {others} more</span>}
          </span>,
        ],
        [
          'Admitted',
          row && (
            <span key="admitted" title={formatMoment(row.addedAt)}>
              {formatClock(row.addedAt)} <span className="muted">{row.reason}</span>
            </span>
          ),
        ],
        [
          'Seen',
          row?.lastSeenAt && (
            <span key="seen">
              <RelativeTime at={row.lastSeenAt} /> ago
              {row.strikes > 0 && (
                <span className="warn"> · {row.strikes === 1 ? '1 strike' : `${row.strikes} strikes`}</span>
              )}
            </span>
          ),
        ],
      ]}
    />
  )
}

function Addresses({ row, detail }: { row: PeerRow | undefined; detail: PeerDetail | undefined }) {
  const addresses = detail?.addresses ?? row?.addresses ?? []
  const connections = detail?.connections ?? []
  const isOpen = (address: string) =>
    connections.some((connection) => withoutPeerId(connection.address) === withoutPeerId(address))
  return (
    <DrawerSection
      title="Addresses"
      end={
        connections.length === 0
          ? 'not connected'
          : `${connections.length} connected, ${connections[0]?.direction}`
      }
    >
      {addresses.length === 0 && <p className="xs muted">None is known.</p>}
      <ul>
        {addresses.map((address) => (
          <li key={address} className={classes.address}>
            <Glyph
              kind={isOpen(address) ? 'ok' : 'none'}
              label={isOpen(address) ? 'connected' : 'not in use'}
            />
            <span className="mono cut" title={address}>
              {withoutPeerId(address)}
            </span>
            <span className="muted">
              {isOpen(address) ? 'connected' : address === row?.address ? 'last used' : ''}
            </span>
          </li>
        ))}
      </ul>
    </DrawerSection>
  )
}

interface PeerActsProps {
  networkId: string
  id: string
  hasRow: boolean
  onClose: () => void
}

function PeerActs({ networkId, id, hasRow, onClose }: PeerActsProps) {
  const [asks, setAsks] = useState<'remove' | 'block'>()
  const name = shortPeerId(id)
  const done = () => {
    onClose()
    return true
  }
  return (
    <div className="row">
      <span className="xs muted grow" style={{ lineHeight: '15px' }}>
        {hasRow ? 'Its seat goes to the first of the replacement cache.' : 'It is not in the table now.'}
      </span>
      <Button size="xs" data-danger disabled={!hasRow} onClick={() => setAsks('remove')}>
        Remove…
      </Button>
      <Button size="xs" data-danger onClick={() => setAsks('block')}>
        Block…
      </Button>
      <ConfirmDialog
        isOpen={asks === 'remove'}
        onClose={() => setAsks(undefined)}
        title={`Remove ${name} from the table?`}
        confirmLabel="Remove"
        onConfirm={() => api.peers.remove({ networkId, id }).then(done)}
      >
        My node forgets <PeerIdText id={id} />, and the first peer of the bucket’s replacement cache takes its
        seat. It may come back when it is heard of again. Nothing is sent to it.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asks === 'block'}
        onClose={() => setAsks(undefined)}
        title={`Block ${name}?`}
        confirmLabel="Block"
        onConfirm={() => api.peers.block({ networkId, id }).then(done)}
      >
        My node removes <PeerIdText id={id} /> and keeps it out of the table until the node is restarted.
        Nothing is sent to it, and other nodes are not told.
      </ConfirmDialog>
    </div>
  )
}
