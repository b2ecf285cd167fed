import { Badge, Button } from '@mantine/core'
import { spotlight } from '@mantine/spotlight'
import { IconChevronDown, IconSearch, IconTopologyStar3 } from '@tabler/icons-react'
import type { NetworkRow, NodeRow } from '../../shared/rows.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { PeerIdText } from '../components/peer-id-text.tsx'
import { formatCompact, formatCount, formatRate } from '../format/numbers.ts'
import { type AppState, useApp } from '../state/app-store.ts'
import { eventsPerSecond } from '../state/feed-meter.ts'
import { useActiveNetwork } from '../state/selectors.ts'
import { useUi } from '../state/ui-store.ts'
import classes from './app-frame.module.css'

const FIND = 'Find a peer, key, lookup or command'

/** Where we are and who we are: network, peer id, mode with its evidence, search, feed. */
export function TopBar() {
  return (
    <header className={classes.top}>
      <NetworkButton />
      <Me />
      <span className="grow" />
      <button type="button" className={classes.find} onClick={() => spotlight.open()}>
        <IconSearch size={14} aria-hidden />
        <span className="grow cut" title={FIND}>
          {FIND}
        </span>
        <kbd>Ctrl K</kbd>
      </button>
      <FeedStatus />
    </header>
  )
}

function NetworkButton() {
  const network = useActiveNetwork()
  const nodes = useApp(({ health }) => health?.networkSize?.nodes)
  const open = useUi(({ setNetworksOpen }) => setNetworksOpen)
  return (
    <Button
      onClick={() => open(true)}
      leftSection={<IconTopologyStar3 size={14} aria-hidden />}
      rightSection={<IconChevronDown size={12} aria-hidden />}
      title="Join another network"
      style={{ flex: 'none' }}
    >
      <span className="strong">{network?.name ?? 'No network'}</span>
      {network !== undefined && (
        <span className={`muted ${classes.medium}`} style={{ marginLeft: 4 }}>
          · {noteOf(network, nodes)}
        </span>
      )}
    </Button>
  )
}

function noteOf({ state }: NetworkRow, nodes: number | undefined): string {
  if (state !== 'running') return state
  return nodes === undefined
    ? 'running'
    : `≈ ${nodes < 1000 ? Math.round(nodes) : formatCompact(nodes)} nodes`
}

function Me() {
  const node = useApp((state) => state.node)
  if (node === undefined) return null
  const note = modeNote(node)
  return (
    <>
      <span className="row" style={{ gap: 4 }}>
        <span className={`xs faint ${classes.medium}`} style={{ marginRight: 4 }}>
          me
        </span>
        <PeerIdText id={node.peerId} />
        <CopyButton value={node.peerId} label="Copy my peer id" />
      </span>
      <span className={classes.separator} />
      <span className="row" style={{ minWidth: 0 }}>
        <Badge title={note} style={{ flex: 'none' }}>
          {node.mode}
        </Badge>
        <span className={`xs muted cut ${classes.wide}`} title={note}>
          {note}
        </span>
      </span>
    </>
  )
}

/** Why the node is in its mode, and what others have proved of it. */
function modeNote({ modeEvidence, addresses }: NodeRow): string {
  const diallers = Math.max(0, ...addresses.map(({ dialledBy }) => dialledBy))
  if (diallers === 0) return modeEvidence
  return `${modeEvidence} ${formatCount(diallers)} ${diallers === 1 ? 'peer' : 'peers'} dialled us.`
}

const tones = { live: 'o-ok', connecting: 'o-pending', lost: 'o-timeout' } as const
const words = { live: 'Live', connecting: 'Connecting', lost: 'Disconnected' } as const

function FeedStatus() {
  const status = useApp(({ connection }) => connection.status)
  const rate = useApp(({ feed }: AppState) => formatRate(eventsPerSecond(feed)))
  const dropped = useApp(({ feed }) => feed.dropped)
  return (
    <span
      className="row xs muted"
      style={{ flex: 'none' }}
      title={`Events of the node a second; ${formatCount(dropped)} samples left out since this page connected`}
    >
      <span className={`${classes.dot} ${tones[status]}`} />
      {words[status]}
      {status === 'live' && (
        <>
          <span className="mono" style={{ color: 'var(--text)' }}>
            {rate} ev/s
          </span>
          <span className={`${dropped > 0 ? 'warn' : 'faint'} ${classes.medium}`}>
            {formatCompact(dropped)} dropped
          </span>
        </>
      )}
    </span>
  )
}
