import type { DhtEvent } from '../../../dht/events.ts'
import { valueSizeBytes } from '../../../dht/stores/value-storage.ts'
import { hexText } from '../../../shared/byte-text.ts'
import type { FeedEvent, FeedEventOf } from '../../../shared/feed.ts'
import type { RunningNode } from '../../backend/running-node.ts'
import { providerRow, recordRow } from './store-rows.ts'

/** Keys read from the stores at a time. */
const MAX_READS = 200
const GATHER_MS = 100
/** Providers of one key looked at for the row of one of them. */
const MAX_PROVIDERS = 1_000

/** Follows what the stores take in and let go, and tells it as rows: each key is read once, however often it changed. */
export class StoreWatch {
  readonly #running: RunningNode
  readonly #push: (event: FeedEvent) => void
  readonly #values = new Map<string, Uint8Array>()
  readonly #providers = new Map<string, { key: Uint8Array; provider: string }>()
  #timer: NodeJS.Timeout | undefined
  #hasChanged = false

  constructor(running: RunningNode, push: (event: FeedEvent) => void) {
    this.#running = running
    this.#push = push
  }

  /** True once after a change. */
  hasChanged(): boolean {
    const hasChanged = this.#hasChanged
    this.#hasChanged = false
    return hasChanged
  }

  take(event: DhtEvent): void {
    if (event.type === 'record:stored' || event.type === 'record:removed') {
      this.#values.set(hexText(event.key), event.key)
    } else if (event.type === 'provider:stored' || event.type === 'provider:removed') {
      const { key, provider } = event
      this.#providers.set(`${hexText(key)} ${provider}`, { key, provider })
    } else {
      return
    }
    this.#hasChanged = true
    this.#timer ??= setTimeout(() => void this.#read(), GATHER_MS)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  async #read(): Promise<void> {
    try {
      if (this.#values.size > 0) this.#push(await this.#readValues())
      if (this.#providers.size > 0) this.#push(await this.#readProviders())
    } catch {
      // A store that is closed or fails: there is nothing to tell, and it says so itself.
    }
    const isDone = this.#values.size === 0 && this.#providers.size === 0
    this.#timer = isDone ? undefined : setTimeout(() => void this.#read(), GATHER_MS)
  }

  async #readValues(): Promise<FeedEventOf<'records:changed'>> {
    const { node, self } = this.#running
    const event: FeedEventOf<'records:changed'> = { type: 'records:changed', changed: [], removed: [] }
    await Promise.all(
      takeSome(this.#values).map(async (key) => {
        const held = await node.dht.valueStore.get(key)
        if (held === undefined) event.removed.push(hexText(key))
        else event.changed.push(recordRow({ ...held, sizeBytes: valueSizeBytes(held) }, self.id))
      }),
    )
    return event
  }

  async #readProviders(): Promise<FeedEventOf<'providers:changed'>> {
    const { node, self } = this.#running
    const event: FeedEventOf<'providers:changed'> = { type: 'providers:changed', changed: [], removed: [] }
    await Promise.all(
      takeSome(this.#providers).map(async ({ key, provider }) => {
        const held = await node.dht.providerStore.get(key, MAX_PROVIDERS)
        const record = held.find((one) => one.provider === provider)
        if (record === undefined) event.removed.push({ key: hexText(key), provider })
        else event.changed.push(providerRow(record, self.id))
      }),
    )
    return event
  }
}

function takeSome<T>(waiting: Map<string, T>): T[] {
  const some = [...waiting].slice(0, MAX_READS)
  for (const [id] of some) waiting.delete(id)
  return some.map(([, item]) => item)
}
