import { useCallback, useMemo, useState } from 'react'
import type { OperationRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { type Command, useCommand } from '../../components/use-command.ts'
import { useApp } from '../../state/app-store.ts'
import { useActiveNetwork } from '../../state/selectors.ts'
import { kindGroups } from './kind-names.ts'
import { joinOperations, matchesFilter, type OperationFilter } from './operation-filter.ts'

const PAGE = 200

export interface OperationList {
  rows: readonly OperationRow[]
  /** Before the filter. */
  total: number
  hasOlder: boolean
  loadOlder: Command<[], void>
}

/** The operations of the active network: those of the feed, and older ones as they are asked for. */
export function useOperations(filter: OperationFilter): OperationList {
  const networkId = useActiveNetwork()?.id
  const live = useApp(({ operations }) => operations)
  const [older, setOlder] = useState<readonly OperationRow[]>([])
  /** The list that was read to its end. */
  const [complete, setComplete] = useState<object>()
  const list = useMemo(() => ({ networkId, filter }), [networkId, filter])
  const all = useMemo(
    () => joinOperations(live, older).filter((row) => row.networkId === networkId),
    [live, older, networkId],
  )
  const rows = useMemo(() => all.filter((row) => matchesFilter(row, filter)), [all, filter])
  const load = useCallback(async () => {
    if (networkId === undefined) return
    const oldest = rows.at(-1)
    const page = await api.operations.list({
      networkId,
      limit: PAGE,
      ...(oldest !== undefined && { before: { startedAt: oldest.startedAt, id: oldest.id } }),
      ...(filter.group !== 'all' && { kinds: [...kindGroups[filter.group]] }),
      ...(filter.text.trim() !== '' && { text: filter.text.trim() }),
    })
    setOlder((known) => joinOperations(known, page.rows))
    if (!page.hasMore) setComplete(list)
  }, [networkId, rows, filter, list])
  return { rows, total: all.length, hasOlder: complete !== list, loadOlder: useCommand(load) }
}
