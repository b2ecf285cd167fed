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

interface Older {
  /** The network they are of. */
  of: string | undefined
  rows: readonly RpcRow[]
  hasMore: boolean
}

const nothingOf = (networkId: string | undefined): Older => ({ of: networkId, rows: [], hasMore: true })

/** Rows from before the feed's, a page at a time. */
export function useOlderRpcs(): OlderRpcs {
  const networkId = useRunningNetworkId()
  const oldestLive = useApp(({ rpcs }) => rpcs[0]?.id)
  const [{ of, rows, hasMore }, setOlder] = useState<Older>(nothingOf(networkId))
  // What was read of one network is nothing of the next.
  if (of !== networkId) setOlder(nothingOf(networkId))
  const { run, isRunning } = useCommand(api.rpcs.list)
  const load = async () => {
    const before = rows.at(-1)?.id ?? oldestLive
    if (networkId === undefined) return
    const page = await run({ networkId, limit: PAGE, ...(before !== undefined && { before }) })
    if (page === undefined) return
    setOlder((known) =>
      known.of === networkId
        ? { of: networkId, rows: [...known.rows, ...page.rows], hasMore: page.rows.length === PAGE }
        : known,
    )
  }
  return { rows, hasMore: hasMore && networkId !== undefined, isLoading: isRunning, load: () => void load() }
}
