import { Button } from '@mantine/core'
import { IconPlus, IconSearch, IconTopologyStar3 } from '@tabler/icons-react'
import { EmptyState, LoadingState } from '../../components/empty-state.tsx'
import { ErrorText } from '../../components/error-text.tsx'
import { navigate } from '../../route/hash-location.ts'
import { useApp } from '../../state/app-store.ts'
import { useActiveNetwork } from '../../state/selectors.ts'
import { useUi } from '../../state/ui-store.ts'
import { LogPanel } from './log-panel.tsx'
import { NodePanel } from './node-panel.tsx'
import classes from './overview.module.css'
import { RecentLookups } from './recent-lookups.tsx'
import { RequestsPanel } from './requests-panel.tsx'
import { Tiles } from './tiles.tsx'
import { VerdictBar } from './verdict-bar.tsx'

/** Is all well, and if not, where to look. */
export function OverviewScreen() {
  const network = useActiveNetwork()
  const hasNode = useApp(({ node }) => node !== undefined)
  return (
    <div className={classes.page}>
      <Head />
      {network?.state === 'running' && hasNode ? <Running /> : <NotRunning />}
    </div>
  )
}

function Head() {
  const network = useActiveNetwork()
  const openNetworks = useUi(({ setNetworksOpen }) => setNetworksOpen)
  const isRunning = network?.state === 'running'
  return (
    <div className={classes.title}>
      <h1>Overview</h1>
      <span className="muted sm cut grow" title={network?.description}>
        {network?.description}
      </span>
      <Button
        variant="filled"
        disabled={!isRunning}
        leftSection={<IconSearch size={14} aria-hidden />}
        onClick={() => navigate('/lookups?new=1')}
      >
        Look something up
      </Button>
      <Button
        disabled={!isRunning}
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => navigate('/records')}
      >
        Publish a value
      </Button>
      <Button leftSection={<IconTopologyStar3 size={14} aria-hidden />} onClick={() => openNetworks(true)}>
        Join another network
      </Button>
    </div>
  )
}

function Running() {
  return (
    <>
      <VerdictBar />
      <Tiles />
      <div className={classes.upper}>
        <RequestsPanel />
        <NodePanel />
      </div>
      <div className={classes.lower}>
        <RecentLookups />
        <LogPanel />
      </div>
    </>
  )
}

/** No node runs: says why, and what can be done; the log tells the rest. */
function NotRunning() {
  return (
    <div className={classes.idle}>
      <section className={classes.idleState}>
        <IdleState />
      </section>
      <LogPanel />
    </div>
  )
}

function IdleState() {
  const network = useActiveNetwork()
  const openNetworks = useUi(({ setNetworksOpen }) => setNetworksOpen)
  const choose = (
    <Button variant="filled" onClick={() => openNetworks(true)}>
      Choose a network
    </Button>
  )
  if (network === undefined) {
    return (
      <EmptyState title="No network is joined." action={choose}>
        The Sandbox needs no connection to the internet: it runs real nodes on this machine, and you can break
        nothing.
      </EmptyState>
    )
  }
  const { name, state, error } = network
  if (state === 'failed') {
    return (
      <EmptyState title={`${name} could not be joined.`} action={choose}>
        <ErrorText
          error={{ code: 'ERR_NETWORK_FAILED', message: error ?? 'It stopped; the log below says why.' }}
        />
      </EmptyState>
    )
  }
  if (state === 'stopped') {
    return (
      <EmptyState title={`${name} is not running.`} action={choose}>
        Your node left it. Its identity, records and lookups are kept and come back when you join it again.
      </EmptyState>
    )
  }
  return (
    <LoadingState>
      {state === 'stopping' ? `Leaving ${name}…` : `Starting the node for ${name}…`}
    </LoadingState>
  )
}
