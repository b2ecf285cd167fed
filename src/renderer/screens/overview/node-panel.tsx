import { Link } from 'wouter'
import type { NodeRow } from '../../../shared/rows.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { Facts } from '../../components/facts.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { Panel } from '../../components/panel.tsx'
import { useNow } from '../../components/use-now.ts'
import { withoutPeerId } from '../../format/ids.ts'
import { formatBytes, formatCount } from '../../format/numbers.ts'
import { formatDuration, formatMoment } from '../../format/times.ts'
import { useApp } from '../../state/app-store.ts'
import classes from './overview.module.css'

/** The node itself: mode, protocol, streams, memory, and its addresses with who proved them. */
export function NodePanel() {
  const node = useApp((state) => state.node)
  if (node === undefined) return null
  return (
    <Panel title="This node" hint={<Uptime since={node.startedAt} />} padded scrolls>
      <NodeFacts node={node} />
      <h3 style={{ marginTop: 4 }}>Addresses, and who proved them</h3>
      {node.addresses.length === 0 && <p className="sm muted">It listens nowhere: others cannot dial it.</p>}
      <ul>
        {node.addresses.map(({ address, dialledBy }) => (
          <li key={address} className={classes.address}>
            <Glyph kind={dialledBy > 0 ? 'ok' : 'none'} label={dialledBy > 0 ? 'proved' : 'not proved'} />
            <span className="mono cut" title={address}>
              {withoutPeerId(address)}
            </span>
            <span className="muted">
              {dialledBy > 0 ? `${formatCount(dialledBy)} dialled it` : 'nobody yet'}
            </span>
            <CopyButton
              value={`${withoutPeerId(address)}/p2p/${node.peerId}`}
              label="Copy multiaddr"
              size={20}
            />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function NodeFacts({ node }: { node: NodeRow }) {
  const { mode, modeEvidence, protocol, connections, streamsIn, streamsOut, memoryBytes, k, alpha, beta } =
    node
  return (
    <Facts
      nameWidth={80}
      items={[
        [
          'Mode',
          <span key="mode" className="cut" style={{ display: 'block' }} title={modeEvidence}>
            <b>{mode}</b> <span className="muted">{modeEvidence}</span>
          </span>,
        ],
        [
          'Protocol',
          <span key="protocol" className="mono">
            {protocol}
          </span>,
        ],
        [
          'Streams',
          <span key="streams">
            <Count value={streamsIn} /> in, <Count value={streamsOut} /> out on <Count value={connections} />{' '}
            connections
          </span>,
        ],
        [
          'Parameters',
          <span key="parameters">
            <span className="mono">
              k {k}, α {alpha}, β {beta}
            </span>
            <span className="faint"> · </span>
            <Link href="/table">routing table</Link>
          </span>,
        ],
        [
          'Memory',
          <span key="memory" className="mono">
            {formatBytes(memoryBytes)}
          </span>,
        ],
      ]}
    />
  )
}

function Count({ value }: { value: number }) {
  return <span className="mono">{formatCount(value)}</span>
}

function Uptime({ since }: { since: number }) {
  const now = useNow()
  return <span title={`since ${formatMoment(since)}`}>up {formatDuration(Math.max(0, now - since))}</span>
}
