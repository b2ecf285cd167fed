import { useCallback, useEffect, useMemo, useState } from 'react'
import type { ProviderRow, RecordRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { type Command, useCommand } from '../../components/use-command.ts'
import { useApp } from '../../state/app-store.ts'
import { providerId } from '../../state/store-changes.ts'
import { withChanges } from './store-rows.ts'

const PAGE = 200

/** A list that is asked for page by page and kept up to date by the feed. */
export interface StoreList<Row> {
  /** Undefined until the first page is there. */
  rows: readonly Row[] | undefined
  hasMore: boolean
  loadMore: Command<[], void>
}

interface Page<Row> {
  rows: Row[]
  hasMore: boolean
}

/** Values this node holds: of one namespace, or all. */
export function useRecords(networkId: string, namespace: string | undefined): StoreList<RecordRow> {
  const changes = useApp(({ storeChanges }) => storeChanges.records)
  const fetchAfter = useCallback(
    (last: RecordRow | undefined) =>
      api.records.list({
        networkId,
        limit: PAGE,
        ...(namespace !== undefined && { namespace }),
        ...(last !== undefined && { after: last.key.hex }),
      }),
    [networkId, namespace],
  )
  const belongs = useCallback(
    (row: RecordRow) => namespace === undefined || row.namespace === namespace,
    [namespace],
  )
  return useStoreList(fetchAfter, changes, recordId, belongs)
}

/** Provider records this node holds. */
export function useProviderRecords(networkId: string): StoreList<ProviderRow> {
  const changes = useApp(({ storeChanges }) => storeChanges.providers)
  const fetchAfter = useCallback(
    (last: ProviderRow | undefined) =>
      api.providers.list({
        networkId,
        limit: PAGE,
        ...(last !== undefined && { after: { key: last.key.hex, provider: last.provider } }),
      }),
    [networkId],
  )
  return useStoreList(fetchAfter, changes, providerId, always)
}

const recordId = ({ key }: RecordRow) => key.hex
const always = () => true

function useStoreList<Row>(
  fetchAfter: (last: Row | undefined) => Promise<Page<Row>>,
  changes: ReadonlyMap<string, Row | undefined>,
  idOf: (row: Row) => string,
  belongs: (row: Row) => boolean,
): StoreList<Row> {
  const [page, setPage] = useState<Page<Row>>()
  const [fetched, setFetched] = useState(() => fetchAfter)
  const current = fetched === fetchAfter ? page : undefined
  const last = current?.rows.at(-1)
  const load = useCallback(
    async (isFirst: boolean) => {
      const next = await fetchAfter(isFirst ? undefined : last)
      setFetched(() => fetchAfter)
      setPage((known) => ({ ...next, rows: isFirst ? next.rows : [...(known?.rows ?? []), ...next.rows] }))
    },
    [fetchAfter, last],
  )
  const command = useCommand(load)
  const { run } = command
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first page is asked for once for each list
  useEffect(() => void run(true), [fetchAfter])
  const rows = useMemo(
    () => current && withChanges(current.rows, changes, idOf, belongs),
    [current, changes, idOf, belongs],
  )
  const loadMore = { ...command, run: () => run(false) }
  return { rows, hasMore: current?.hasMore === true, loadMore }
}
