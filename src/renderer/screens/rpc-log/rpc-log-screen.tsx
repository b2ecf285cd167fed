import { Button, Select, TextInput } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useRoute } from 'wouter'
import { outcomeSchema, type RpcRow } from '../../../shared/rows.ts'
import { messageTypes } from '../../../shared/trace-event.ts'
import { DenseTable } from '../../components/dense-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Panel } from '../../components/panel.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { formatCompact, formatCount } from '../../format/numbers.ts'
import { navigate, routeQuery, setRouteParams, useRouteParam } from '../../route/hash-location.ts'
import type { AppState } from '../../state/app-store.ts'
import { useCalmApp } from '../../state/use-calm-app.ts'
import { rpcColumns } from './rpc-columns.tsx'
import { fitsRpcFilter, type RpcFilter } from './rpc-filter.ts'
import classes from './rpc-log.module.css'
import { RpcMessage } from './rpc-message.tsx'
import { useOlderRpcs } from './use-older-rpcs.ts'

const idOf = ({ id }: RpcRow) => id
const rpcsOf = ({ rpcs }: AppState) => rpcs
const filterNames = ['direction', 'type', 'outcome', 'peer', 'text'] as const

/** Every message in and out, newest first, with its bytes. */
export function RpcLogScreen() {
  const live = useCalmApp(rpcsOf)
  const [paused, setPaused] = useState<readonly RpcRow[]>()
  const older = useOlderRpcs()
  const [filter, isFiltered] = useFilter()
  const rows = paused ?? live
  const all = useMemo(() => joined(rows, older.rows), [rows, older.rows])
  const shown = useMemo(
    () => (isFiltered ? all.filter((row) => fitsRpcFilter(row, filter)) : all),
    [all, filter, isFiltered],
  )
  const [, params] = useRoute('/rpcs/:id')
  return (
    <div className={classes.page} data-message={params !== null}>
      <Panel
        title="RPC log"
        hint={`${isFiltered ? `${formatCount(shown.length)} of ` : ''}${formatCount(all.length)} messages, newest first`}
        actions={
          <>
            <Button size="xs" loading={older.isLoading} disabled={!older.hasMore} onClick={older.load}>
              Older
            </Button>
            <Button
              size="xs"
              leftSection={
                paused === undefined ? <IconPlayerPause size={12} /> : <IconPlayerPlay size={12} />
              }
              onClick={() => setPaused(paused === undefined ? live : undefined)}
            >
              {paused === undefined
                ? 'Pause'
                : `Follow (${formatCompact(Math.max(0, live.length - paused.length))} new)`}
            </Button>
          </>
        }
      >
        <Filters filter={filter} />
        <div className={classes.grid}>
          <DenseTable
            label="Messages"
            rows={shown}
            columns={rpcColumns}
            idOf={idOf}
            selectedId={params?.id}
            onSelect={({ id }) => navigate(`/rpcs/${id}${routeQuery()}`, { replace: true })}
            empty={isFiltered ? <NoneFits /> : <NothingYet />}
          />
        </div>
      </Panel>
      {params !== null && <RpcMessage key={params.id} id={params.id} />}
    </div>
  )
}

/** Newest first. Of those that were asked for, what the feed has as well is left out. */
function joined(live: readonly RpcRow[], older: readonly RpcRow[]): readonly RpcRow[] {
  const newestFirst = live.toReversed()
  if (older.length === 0) return newestFirst
  const known = new Set(live.map(({ id }) => id))
  return [...newestFirst, ...older.filter(({ id }) => !known.has(id))].sort((a, b) => b.at - a.at)
}

function useFilter(): [RpcFilter, boolean] {
  const [direction] = useRouteParam('direction')
  const [type] = useRouteParam('type')
  const [outcome] = useRouteParam('outcome')
  const [peer] = useRouteParam('peer')
  const [text] = useRouteParam('text')
  const filter = useMemo(
    () => ({ direction, type, outcome, peer, text }),
    [direction, type, outcome, peer, text],
  )
  return [filter, filterNames.some((name) => filter[name] !== undefined)]
}

function clearFilter(): void {
  setRouteParams(Object.fromEntries(filterNames.map((name) => [name, undefined])))
}

function Filters({ filter }: { filter: RpcFilter }) {
  return (
    <div className={classes.filters}>
      <Segmented
        label="Direction"
        value={filter.direction ?? 'both'}
        onChange={(value) => setRouteParams({ direction: value === 'both' ? undefined : value })}
        options={['both', 'in', 'out']}
      />
      <Select
        aria-label="Type"
        placeholder="any type"
        clearable
        w={160}
        data={[...messageTypes, 'UNKNOWN']}
        value={filter.type ?? null}
        onChange={(value) => setRouteParams({ type: value ?? undefined })}
      />
      <Select
        aria-label="Outcome"
        placeholder="any outcome"
        clearable
        w={140}
        data={outcomeSchema.options}
        value={filter.outcome ?? null}
        onChange={(value) => setRouteParams({ outcome: value ?? undefined })}
      />
      <TextInput
        aria-label="Peer"
        placeholder="part of a peer id"
        className="grow"
        value={filter.peer ?? ''}
        onChange={(event) => setRouteParams({ peer: event.currentTarget.value || undefined })}
      />
      <TextInput
        aria-label="Key or reason"
        placeholder="part of the key (hex) or reason"
        className="grow"
        value={filter.text ?? ''}
        onChange={(event) => setRouteParams({ text: event.currentTarget.value || undefined })}
      />
    </div>
  )
}

function NoneFits() {
  return (
    <EmptyState
      title="No message fits the filter."
      action={
        <Button size="xs" onClick={clearFilter}>
          Clear the filter
        </Button>
      }
    >
      New ones that fit appear by themselves; “Older” looks further back.
    </EmptyState>
  )
}

function NothingYet() {
  return (
    <EmptyState title="No message has been exchanged yet.">
      Look something up, or wait until a peer asks: every request in and out appears here.
    </EmptyState>
  )
}
