import type { FeedBatch } from '../../shared/feed.ts'

/** Where the feed stands. */
export interface FeedSlice {
  readonly feedId: string | undefined
  readonly backendId: string | undefined
  /** Number of the last batch. */
  readonly seq: number
  /** When it was sent, by the backend's clock. */
  readonly at: number | undefined
  /** Samples left out since the feed began. */
  readonly dropped: number
  /** What the last batches saw, for `eventsPerSecond`. */
  readonly recent: readonly { at: number; seen: number }[]
}

export const noFeed: FeedSlice = {
  feedId: undefined,
  backendId: undefined,
  seq: 0,
  at: undefined,
  dropped: 0,
  recent: [],
}

const RATE_WINDOW_MS = 5000

export function reduceFeed(feed: FeedSlice, batch: FeedBatch): FeedSlice {
  const recent = feed.feedId === batch.feedId ? feed.recent : []
  return {
    feedId: batch.feedId,
    backendId: batch.backendId,
    seq: batch.seq,
    at: batch.at,
    dropped: batch.dropped,
    recent: [...recent, { at: batch.at, seen: batch.seen }].filter(
      ({ at }) => at > batch.at - RATE_WINDOW_MS,
    ),
  }
}

/** True when batches between the last one and this one never arrived. */
export function isGap(feed: FeedSlice, batch: FeedBatch): boolean {
  const expected = feed.feedId === batch.feedId ? feed.seq + 1 : 1
  return batch.seq !== expected
}

/** Events of the node a second, over the last five seconds. */
export function eventsPerSecond({ recent }: FeedSlice): number {
  return recent.reduce((sum, { seen }) => sum + seen, 0) / (RATE_WINDOW_MS / 1000)
}
