import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core'
import { useEffect } from 'react'
import { configuredModeSchema } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { Facts } from '../../components/facts.tsx'
import { Panel } from '../../components/panel.tsx'
import { PeerIdText } from '../../components/peer-id-text.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { useCommand } from '../../components/use-command.ts'
import { withoutPeerId } from '../../format/ids.ts'
import { formatMoment } from '../../format/times.ts'
import { useApp } from '../../state/app-store.ts'
import { useActiveNetwork, useRunningNetworkId } from '../../state/selectors.ts'
import classes from './settings.module.css'

const schemes: readonly { value: MantineColorScheme; label: string }[] = [
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
  { value: 'auto', label: 'As the system' },
]

/** How the explorer looks, how the node takes part, and where things are kept. */
export function SettingsScreen() {
  return (
    <div className={classes.page}>
      <h1>Settings</h1>
      <AppearancePanel />
      <NodeSettings />
      <AboutPanel />
    </div>
  )
}

function AppearancePanel() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Panel title="Appearance" padded>
      <Facts
        nameWidth={112}
        items={[
          [
            'Theme',
            <Segmented
              key="theme"
              label="Theme"
              value={colorScheme}
              onChange={setColorScheme}
              options={schemes}
            />,
          ],
        ]}
      />
    </Panel>
  )
}

const modes = configuredModeSchema.options

const modeWords = {
  SERVER: 'Answers others and stores records for them.',
  CLIENT: 'Asks, and answers nobody: other nodes do not keep it in their tables.',
  AUTO: 'Becomes a server once others have reached it.',
} as const

function NodeSettings() {
  const node = useApp((state) => state.node)
  const network = useActiveNetwork()
  const networkId = useRunningNetworkId()
  const setMode = useCommand(api.node.setMode)
  if (node === undefined || networkId === undefined) {
    return (
      <Panel title="Node">
        <EmptyState title="No node runs.">Join a network to see its identity, mode and addresses.</EmptyState>
      </Panel>
    )
  }
  return (
    <Panel title="Node" hint={`in ${network?.name ?? networkId}`} padded>
      <Facts
        nameWidth={112}
        items={[
          ['Peer id', <PeerIdText key="id" id={node.peerId} form="full" copy />],
          [
            'Mode',
            <div key="mode">
              <Segmented
                label="Mode"
                value={node.configuredMode}
                options={modes}
                onChange={(mode) => void setMode.run({ networkId, mode })}
              />
              <p className="muted" style={{ lineHeight: '20px' }}>
                {modeWords[node.configuredMode]} Now {node.mode}. {node.modeEvidence}
              </p>
              {setMode.error !== undefined && <ErrorText error={setMode.error} />}
            </div>,
          ],
          [
            'Listens on',
            node.addresses.length === 0 ? (
              'nothing: others cannot dial it'
            ) : (
              <ul key="addresses">
                {node.addresses.map(({ address }) => (
                  <li key={address} className="row" style={{ gap: 4 }}>
                    <span className="mono">{withoutPeerId(address)}</span>
                    <CopyButton
                      value={`${withoutPeerId(address)}/p2p/${node.peerId}`}
                      label="Copy multiaddr"
                    />
                  </li>
                ))}
              </ul>
            ),
          ],
          [
            'Protocol',
            <span key="protocol" className="mono">
              {node.protocol}
            </span>,
          ],
        ]}
      />
    </Panel>
  )
}

const hosts = {
  electron: 'the Kadscope application',
  web: 'kadscope serve, shown in this browser',
  cli: 'the command line',
} as const

function AboutPanel() {
  const backendId = useApp(({ feed }) => feed.backendId)
  const { run, result, error } = useCommand(api.app.info)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another backend has another answer
  useEffect(() => void run(), [run, backendId])
  return (
    <Panel title="About" padded>
      {error !== undefined && <ErrorText error={error} onRetry={() => void run()} />}
      <Facts
        nameWidth={112}
        items={[
          ['Version', result && <span className="mono">{result.version}</span>],
          ['Runs in', result && hosts[result.host]],
          ['Started', result && formatMoment(result.startedAt)],
          [
            'Home folder',
            result && (
              <span className="row" style={{ gap: 4 }}>
                <span className="mono">{result.home}</span>
                <CopyButton value={result.home} label="Copy folder" />
              </span>
            ),
          ],
          [
            'Kept there',
            result &&
              'a profile for each network: identity, records, validators, lookups. Copy the folder to back it up.',
          ],
        ]}
      />
    </Panel>
  )
}
