import { useState } from 'react'
import type { RpcRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { useCommand } from '../../components/use-command.ts'
import { useApp } from '../../state/app-store.ts'
import { useRunningNetworkId } from '../../state/selectors.ts'

const PAGE = 1000

interface OlderRpcs {
  /** Newest first, all older than what the feed brought. */
  rows: readonly RpcRow[]
  hasMore: boolean
  isLoading: boolean
  load: () => void
}

/** Rows from before the feed's, a page at a time. */
export function useOlderRpcs(): OlderRpcs {
  const networkId = useRunningNetworkId()
  const oldestLive = useApp(({ rpcs }) => rpcs[0]?.id)
  const [rows, setRows] = useState<readonly RpcRow[]>([])
  const [hasMore, setHasMore] = useState(true)
  const { run, isRunning } = useCommand(api.rpcs.list)
  const load = async () => {
    const before = rows.at(-1)?.id ?? oldestLive
    if (networkId === undefined) return
    const page = await run({ networkId, limit: PAGE, ...(before !== undefined && { before }) })
    if (page === undefined) return
    setHasMore(page.rows.length === PAGE)
    setRows((known) => [...known, ...page.rows])
  }
  return { rows, hasMore: hasMore && networkId !== undefined, isLoading: isRunning, load: () => void load() }
}
