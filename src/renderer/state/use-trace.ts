import { useEffect, useState } from 'react'
import type { TraceEvent } from '../../shared/trace-event.ts'
import { api, type ShownError, shownError } from '../api.ts'
import { useApp } from './app-store.ts'

/** What the contract allows. */
const MAX_WATCHED = 20

/** How many views watch each trace. */
const watchers = new Map<string, number>()

export interface TraceView {
  /** In the order they happened; undefined until fetched. */
  readonly events: readonly TraceEvent[] | undefined
  readonly error: ShownError | undefined
}

/** A trace, and its growth while it is watched. Refetched after a gap and after a reconnect. */
export function useTrace(id: string): TraceView {
  const trace = useApp(({ traces }) => traces.get(id))
  const feedId = useApp(({ feed }) => feed.feedId)
  const [error, setError] = useState<ShownError>()
  useEffect(() => watch(id), [id])
  const isWanted = trace !== undefined && (!trace.isLoaded || trace.hasGap)
  useEffect(() => {
    if (!isWanted || feedId === undefined) return
    let isCurrent = true
    const settle = (shown: ShownError | undefined) => isCurrent && setError(shown)
    fetchTrace(id, feedId).then(
      () => settle(undefined),
      (cause: unknown) => settle(shownError(cause)),
    )
    return () => {
      isCurrent = false
    }
  }, [id, isWanted, feedId])
  return { events: trace?.isLoaded === true ? trace.events : undefined, error }
}

/** Watching begins before the fetch, so that nothing falls between the two. */
async function fetchTrace(id: string, feedId: string): Promise<void> {
  await api.feed.watch({ feedId, traceIds: [...watchers.keys()].slice(-MAX_WATCHED) })
  const { events } = await api.operations.trace({ id })
  useApp.getState().loadTrace(id, events)
}

function watch(id: string): () => void {
  watchers.set(id, (watchers.get(id) ?? 0) + 1)
  useApp.getState().watchTrace(id)
  return () => {
    const left = (watchers.get(id) ?? 1) - 1
    if (left > 0) {
      watchers.set(id, left)
      return
    }
    watchers.delete(id)
    useApp.getState().forgetTrace(id)
  }
}
