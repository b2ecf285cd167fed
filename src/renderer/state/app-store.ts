import { create } from 'zustand'
import type { FeedBatch } from '../../shared/feed.ts'
import type { TraceEvent } from '../../shared/trace-event.ts'
import { type FeedData, noFeedData, reduceFeedData } from './feed-data.ts'
import { type FeedSlice, isGap, noFeed, reduceFeed } from './feed-meter.ts'
import { forgetTrace, loadTrace, watchTrace } from './traces.ts'

/** Whether the backend answers. */
export type ConnectionState =
  | { readonly status: 'connecting' }
  | { readonly status: 'live' }
  /** `retryAt`: when it is tried again. */
  | { readonly status: 'lost'; readonly reason: string; readonly retryAt: number }

export interface AppState extends FeedData {
  readonly connection: ConnectionState
  readonly feed: FeedSlice
  /** The first snapshot has arrived. */
  readonly isLoaded: boolean
  /** Takes a batch in one step. True when batches before it are missing, so that a snapshot must be asked for. */
  apply(batch: FeedBatch): boolean
  setConnection(connection: ConnectionState): void
  watchTrace(id: string): void
  forgetTrace(id: string): void
  loadTrace(id: string, events: readonly TraceEvent[]): void
}

/** Everything the views share. Filled only by the feed; read it through narrow selectors. */
export const useApp = create<AppState>()((set, get) => ({
  ...noFeedData,
  connection: { status: 'connecting' },
  feed: noFeed,
  isLoaded: false,
  apply: (batch) => {
    const before = get()
    const data = batch.events.reduce<FeedData>(reduceFeedData, feedDataOf(before))
    const hasSnapshot = batch.events.some(({ type }) => type === 'snapshot:taken')
    set({ ...data, feed: reduceFeed(before.feed, batch), isLoaded: before.isLoaded || hasSnapshot })
    return isGap(before.feed, batch) && !hasSnapshot
  },
  setConnection: (connection) => set({ connection }),
  watchTrace: (id) => set(({ traces }) => ({ traces: watchTrace(traces, id) })),
  forgetTrace: (id) => set(({ traces }) => ({ traces: forgetTrace(traces, id) })),
  loadTrace: (id, events) => set(({ traces }) => ({ traces: loadTrace(traces, id, events) })),
}))

function feedDataOf(state: AppState): FeedData {
  return state
}
