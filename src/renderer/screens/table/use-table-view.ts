import { useEffect, useMemo } from 'react'
import type { PeerRow, TableHistoryRow } from '../../../shared/rows.ts'
import { api } from '../../api.ts'
import { useCommand } from '../../components/use-command.ts'
import { useRouteParam } from '../../route/hash-location.ts'
import { type AppState, useApp } from '../../state/app-store.ts'
import { useRunningNetworkId } from '../../state/selectors.ts'
import { useCalmApp } from '../../state/use-calm-app.ts'
import { joinHistory, pastRow, tableAt } from './past-table.ts'

/** The rows `table.history` gives at most. */
const MAX_HISTORY = 50_000

/** The table now, or as it was. */
export interface TableView {
  peers: readonly PeerRow[]
  history: readonly TableHistoryRow[]
  /** The moment shown; undefined for now. */
  at: number | undefined
  setAt: (at: number | undefined) => void
  error: unknown
}

const peersOf = ({ peers }: AppState) => peers
const historyOf = ({ history }: AppState) => history

/** What the screen shows: live rows, or those of the moment `at` in the URL. */
export function useTableView(): TableView {
  const live = useCalmApp(peersOf)
  const ownKey = useApp(({ node }) => node?.key)
  const { history, error } = useHistory()
  const [param, setParam] = useRouteParam('at')
  const at = param === undefined ? undefined : Number(param)
  const peers = useMemo(() => {
    if (at === undefined || ownKey === undefined) return [...live.values()]
    return [...tableAt(history, at).values()].map((peer) => pastRow(peer, ownKey))
  }, [live, history, at, ownKey])
  const setAt = (next: number | undefined) =>
    setParam(next === undefined ? undefined : String(Math.round(next)))
  return { peers, history, at, setAt, error }
}

/** What was written before the page was opened, asked for once a feed, with what the feed adds. */
function useHistory(): { history: readonly TableHistoryRow[]; error: unknown } {
  const networkId = useRunningNetworkId()
  const feedId = useApp(({ feed }) => feed.feedId)
  const newer = useCalmApp(historyOf)
  const { run, result, error } = useCommand(api.table.history)
  // biome-ignore lint/correctness/useExhaustiveDependencies: after a reconnect rows may be missing
  useEffect(() => {
    if (networkId !== undefined) void run({ networkId, limit: MAX_HISTORY })
  }, [run, networkId, feedId])
  const older = result?.rows
  const history = useMemo(() => joinHistory(older ?? [], newer), [older, newer])
  return { history, error }
}
