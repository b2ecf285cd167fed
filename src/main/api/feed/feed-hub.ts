import type { Clock } from '../../../dht/clock.ts'
import type { FeedEvent, Snapshot } from '../../../shared/feed.ts'
import { Feed } from './feed.ts'

export interface FeedHubInit {
  backendId: string
  clock: Clock
  networkId(): string | undefined
  snapshot(): Snapshot
}

/** All feeds of the backend: what happens is told to each. */
export class FeedHub {
  readonly #init: FeedHubInit
  readonly #feeds = new Map<string, Feed>()
  #opened = 0

  constructor(init: FeedHubInit) {
    this.#init = init
  }

  /** False when nobody watches: then nothing need be gathered. */
  hasClients(): boolean {
    return this.#feeds.size > 0
  }

  open(): Feed {
    const feedId = `${this.#init.backendId}-${++this.#opened}`
    const feed = new Feed({
      ...this.#init,
      feedId,
      snapshot: () => ({ type: 'snapshot:taken', snapshot: this.#init.snapshot() }),
    })
    this.#feeds.set(feedId, feed)
    return feed
  }

  feed(feedId: string): Feed | undefined {
    return this.#feeds.get(feedId)
  }

  close(feed: Feed): void {
    this.#feeds.delete(feed.feedId)
    feed.close()
  }

  closeAll(): void {
    for (const feed of this.#feeds.values()) this.close(feed)
  }

  push(event: FeedEvent): void {
    for (const feed of this.#feeds.values()) feed.push(event)
  }

  noteSeen(count: number, dropped: number): void {
    for (const feed of this.#feeds.values()) feed.noteSeen(count, dropped)
  }

  /** Everything is different now: every client begins anew. */
  resyncAll(): void {
    for (const feed of this.#feeds.values()) feed.resync()
  }
}
