import { useEffect, useMemo } from 'react'
import type { RpcRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { useCommand } from '../../components/use-command.ts'
import { useApp } from '../../state/app-store.ts'
import { useRunningNetworkId } from '../../state/selectors.ts'

/** Everything exchanged with a peer, newest first: what was kept, with what the feed adds. */
export function useExchanges(peer: string): { rows: readonly RpcRow[]; error: unknown } {
  const networkId = useRunningNetworkId()
  const live = useApp((state) => state.rpcs)
  const { run, result, error } = useCommand(api.rpcs.list)
  useEffect(() => {
    if (networkId !== undefined) void run({ networkId, peer })
  }, [run, networkId, peer])
  const rows = useMemo(() => {
    const byId = new Map(result?.rows.map((row) => [row.id, row]))
    for (const row of live) if (row.peer === peer) byId.set(row.id, row)
    return [...byId.values()].sort((a, b) => b.at - a.at)
  }, [live, peer, result])
  return { rows, error }
}
