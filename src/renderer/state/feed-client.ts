import { api, connect, shownError } from '../api.ts'
import { useApp } from './app-store.ts'

const FIRST_RETRY_MS = 500
const MAX_RETRY_MS = 10_000

/**
 * Keeps the connection and the feed for as long as the page lives: subscribes,
 * applies and acknowledges each batch, asks for a snapshot after a gap, and
 * connects again with growing pauses. What is on screen stays meanwhile.
 */
export async function runFeed(signal: AbortSignal): Promise<void> {
  let retryMs = FIRST_RETRY_MS
  while (!signal.aborted) {
    const before = useApp.getState().feed.feedId
    const reason = await followFeed(signal)
    if (useApp.getState().feed.feedId !== before) retryMs = FIRST_RETRY_MS
    useApp.getState().setConnection({ status: 'lost', reason, retryAt: Date.now() + retryMs })
    await pause(retryMs, signal)
    retryMs = Math.min(MAX_RETRY_MS, retryMs * 2)
  }
}

/** Until the connection ends; returns why. */
async function followFeed(signal: AbortSignal): Promise<string> {
  try {
    const transport = await connect(signal)
    try {
      const batches = await api.feed.subscribe(undefined, { signal })
      for await (const batch of batches) {
        const isIncomplete = useApp.getState().apply(batch)
        if (useApp.getState().connection.status !== 'live')
          useApp.getState().setConnection({ status: 'live' })
        const { feedId, seq } = batch
        await api.feed.acknowledge({ feedId, seq })
        if (isIncomplete) await api.feed.resync({ feedId })
      }
      return 'The backend ended the feed.'
    } finally {
      transport.close()
    }
  } catch (error) {
    return shownError(error).message
  }
}

/** Resolves after `ms`, or at once when the page comes back to the front or the network comes back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  const wakes = [
    [window, 'online'],
    [window, 'focus'],
    [signal, 'abort'],
  ] as const
  const wake = () => resolve()
  for (const [target, name] of wakes) target.addEventListener(name, wake, { once: true })
  return promise.finally(() => {
    clearTimeout(timer)
    for (const [target, name] of wakes) target.removeEventListener(name, wake)
  })
}
