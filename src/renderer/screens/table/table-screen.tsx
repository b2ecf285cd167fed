import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { useRoute } from 'wouter'
import { EmptyState, LoadingState } from '../../components/empty-state.tsx'
import { navigate, routeQuery, setRouteParams, useRouteParam } from '../../route/hash-location.ts'
import { useApp } from '../../state/app-store.ts'
import { useActiveNetwork } from '../../state/selectors.ts'
import { useUi } from '../../state/ui-store.ts'
import { BucketsPanel } from './buckets-panel.tsx'
import { HealthPanel } from './health-panel.tsx'
import { HistoryStrip } from './history-strip.tsx'
import { KeyspacePanel } from './keyspace-panel.tsx'
import { PeerDrawer } from './peer-drawer.tsx'
import { PeersPanel } from './peers-panel.tsx'
import classes from './table.module.css'
import { useTableView } from './use-table-view.ts'

/** The routing table: who is in it, where, since when and why; now and at any moment before. */
export function TableScreen() {
  const network = useActiveNetwork()
  const hasNode = useApp(({ node }) => node !== undefined)
  if (network?.state !== 'running') return <NoTable />
  return hasNode ? <Table /> : <LoadingState>The node is starting…</LoadingState>
}

function NoTable() {
  const openNetworks = useUi(({ setNetworksOpen }) => setNetworksOpen)
  return (
    <EmptyState
      title="There is no routing table."
      action={<Button onClick={() => openNetworks(true)}>Choose a network</Button>}
    >
      No node runs. Join a network and its buckets fill here.
    </EmptyState>
  )
}

function Table() {
  const view = useTableView()
  const { peers } = view
  const [, params] = useRoute('/table/:peer')
  const selectedId = params?.peer
  const [cplParam] = useRouteParam('cpl')
  const cpl = cplParam === undefined ? undefined : Number(cplParam)
  const select = (id: string | undefined) =>
    navigate(`/table${id === undefined ? '' : `/${id}`}${routeQuery()}`, { replace: true })
  const selected = useMemo(() => peers.find(({ id }) => id === selectedId), [peers, selectedId])
  const setCpl = (next: number | undefined) =>
    setRouteParams({ cpl: next === undefined ? undefined : String(next) })
  return (
    <div className={classes.page} data-drawer={selectedId !== undefined}>
      <div className={classes.charts}>
        <BucketsPanel peers={peers} isPast={view.at !== undefined} cpl={cpl} onCpl={setCpl} />
        <HealthPanel />
      </div>
      <KeyspacePanel peers={peers} selected={selected} onSelect={select} />
      <PeersPanel
        peers={peers}
        isPast={view.at !== undefined}
        cpl={cpl}
        onCpl={setCpl}
        selectedId={selectedId}
        onSelect={select}
      />
      {selectedId !== undefined && (
        <PeerDrawer key={selectedId} id={selectedId} row={selected} onClose={() => select(undefined)} />
      )}
      <HistoryStrip history={view.history} at={view.at} onAt={view.setAt} error={view.error} />
    </div>
  )
}
