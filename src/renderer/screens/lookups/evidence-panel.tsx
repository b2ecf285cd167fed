import { type ReactNode, useMemo, useState } from 'react'
import type { OperationRow } from '../../../shared/rows.ts'
import { Panel } from '../../components/panel.tsx'
import { RpcChip } from '../../components/rpc-chip.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { formatDuration } from '../../format/times.ts'
import classes from './evidence-panel.module.css'
import { lookupPeers, storeResults } from './lookup-peers.ts'
import { MessageView } from './message-view.tsx'
import { PeersTable } from './peers-table.tsx'
import { ProvidersTable } from './providers-table.tsx'
import { foundProviders, seenValues } from './seen-values.ts'
import { StoresTable } from './stores-table.tsx'
import type { TraceModel } from './trace-model.ts'
import { ValuesTable } from './values-table.tsx'
import type { WaterfallRow } from './waterfall.ts'

interface EvidencePanelProps {
  operation: OperationRow
  model: TraceModel
  rows: readonly WaterfallRow[]
  selected: number | undefined
  onSelect: (rpcId: number) => void
  /** The distance chart, where it has no place of its own. */
  distance: ReactNode
}

type Tab = 'message' | 'peers' | 'values' | 'stored' | 'providers' | 'distance'

/** What proves it: the chosen request's bytes, and everything heard, in tables. */
export function EvidencePanel(props: EvidencePanelProps) {
  const { operation, model, rows, selected, onSelect, distance } = props
  const [tab, setTab] = useState<Tab>('message')
  const peers = useMemo(() => lookupPeers(model), [model])
  const values = useMemo(() => seenValues(model), [model])
  const stores = useMemo(() => storeResults(model), [model])
  const providers = useMemo(() => foundProviders(model), [model])
  const tabs: { value: Tab; label: string }[] = [
    { value: 'message', label: 'Message' },
    ...(distance === undefined ? [] : [{ value: 'distance' as const, label: 'Distance × time' }]),
    { value: 'peers', label: `Peers ${peers.length}` },
    ...counted('values', 'Values', values.length),
    ...counted('stored', 'Stored', stores.length),
    ...counted('providers', 'Providers', providers.length),
  ]
  const shown = tabs.some(({ value }) => value === tab) ? tab : 'message'
  const row = rows.find(({ rpcId }) => rpcId === selected)
  return (
    <Panel
      title="Evidence"
      hint={row === undefined ? undefined : <Chosen row={row} onSelect={onSelect} />}
      actions={
        <span className={classes.tabs}>
          <Segmented label="Evidence shown" value={shown} onChange={setTab} options={tabs} />
        </span>
      }
    >
      {shown === 'message' && <MessageView traceId={operation.id} row={row} />}
      {shown === 'distance' && distance}
      {shown === 'peers' && <PeersTable peers={peers} selected={selected} onSelect={onSelect} />}
      {shown === 'values' && <ValuesTable values={values} onSelect={onSelect} />}
      {shown === 'stored' && <StoresTable results={stores} selected={selected} onSelect={onSelect} />}
      {shown === 'providers' && <ProvidersTable providers={providers} onSelect={onSelect} />}
    </Panel>
  )
}

function counted(value: Tab, name: string, count: number): { value: Tab; label: string }[] {
  return count === 0 ? [] : [{ value, label: `${name} ${count}` }]
}

function Chosen({ row, onSelect }: { row: WaterfallRow; onSelect: (rpcId: number) => void }) {
  const { rpcId, number, peer, outcome, messageType, startMs, endMs, reason } = row
  const took = `${outcome === 'pending' ? 'waiting for' : 'ended after'} ${formatDuration(endMs - startMs)}`
  const text = `${messageType} ${took}${reason === undefined ? '' : `, ${reason}`}`
  return (
    <span className="row">
      <RpcChip outcome={outcome} peer={peer} number={number} onClick={() => onSelect(rpcId)} />
      <span className="cut" title={text}>
        {text}
      </span>
    </span>
  )
}
