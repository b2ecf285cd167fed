import { BackendError } from '../../backend/backend-error.ts'
import { type ApiContext, os } from '../context.ts'
import type { Feed } from '../feed/feed.ts'

/** The numbered feed: subscribe, acknowledge, resync, watch. */
export const feed = {
  subscribe: os.feed.subscribe.handler(async function* ({ context, signal }) {
    const opened = context.feeds.open()
    const close = () => context.feeds.close(opened)
    signal?.addEventListener('abort', close, { once: true })
    try {
      yield* opened.batches()
    } finally {
      signal?.removeEventListener('abort', close)
      close()
    }
  }),
  acknowledge: os.feed.acknowledge.handler(async ({ context, input }) => {
    feedOf(context, input.feedId).acknowledge(input.seq)
    return {}
  }),
  resync: os.feed.resync.handler(async ({ context, input }) => {
    feedOf(context, input.feedId).resync()
    return {}
  }),
  watch: os.feed.watch.handler(async ({ context, input }) => {
    feedOf(context, input.feedId).watch(input.traceIds)
    return {}
  }),
}

function feedOf({ feeds }: ApiContext, feedId: string): Feed {
  const found = feeds.feed(feedId)
  if (found !== undefined) return found
  throw new BackendError('ERR_FEED_ENDED', 'This feed has ended: subscribe again.')
}
