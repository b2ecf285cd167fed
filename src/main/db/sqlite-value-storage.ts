import { keyText } from '../../dht/key.ts'
import { KeyLocks } from '../../dht/stores/key-locks.ts'
import {
  type PrefersOffered,
  type StorageStats,
  type StoredValue,
  type StoredValueInfo,
  VALUE_STORAGE_DEFAULTS,
  type ValuePutResult,
  type ValueStorage,
  type ValueStorageOptions,
} from '../../dht/stores/value-storage.ts'
import type { DbClient } from './db-client.ts'
import type { RemovedValue, ValuePutReply } from './db-protocol.ts'
import { rowLimit } from './row-limit.ts'

/** Expired values deleted in one transaction. */
const EXPIRED_AT_A_TIME = 500

/**
 * Values in kadscope.db; a put is acknowledged after its commit. The worker
 * keeps caps and expiry; which of two values is better is asked here, under the
 * key's lock, between reading the one held and writing the other.
 */
export class SqliteValueStorage implements ValueStorage {
  readonly #client: DbClient
  readonly #options: ValueStorageOptions & typeof VALUE_STORAGE_DEFAULTS
  readonly #locks = new KeyLocks()

  constructor(client: DbClient, options: ValueStorageOptions) {
    this.#client = client
    this.#options = { ...VALUE_STORAGE_DEFAULTS, ...options }
    const { localId, localKey, maxEntries, maxSizeBytes, maxEntriesPerPublisher } = this.#options
    // A failure is told by onProblem, and refuses every put that follows.
    void this.#client.call('records', 'configureValues', {
      localId,
      localKey,
      maxEntries,
      maxSizeBytes,
      maxEntriesPerPublisher,
    })
  }

  async get(key: Uint8Array): Promise<StoredValue | undefined> {
    const held = await this.#client.call('records', 'getValue', {
      key: new Uint8Array(key),
      now: this.#now(),
    })
    return held !== undefined && held.expiresAt > this.#now() ? held : undefined
  }

  put(value: StoredValue, prefersOffered?: PrefersOffered): Promise<ValuePutResult> {
    const offered = { ...value, key: new Uint8Array(value.key), value: new Uint8Array(value.value) }
    return this.#locks.run(keyText(value.key), () => this.#put(offered, prefersOffered))
  }

  delete(key: Uint8Array): Promise<boolean> {
    const copy = new Uint8Array(key)
    return this.#locks.run(keyText(copy), async () => {
      const existed = await this.#client.call('records', 'deleteValue', { key: copy, now: this.#now() })
      if (existed) this.#removed([{ key: copy, why: 'user' }])
      return existed
    })
  }

  list(
    options: { prefix?: Uint8Array; after?: Uint8Array; limit?: number } = {},
  ): Promise<StoredValueInfo[]> {
    const { prefix, after, limit = 1000 } = options
    return this.#client.call('records', 'listValues', {
      ...(prefix !== undefined && { prefix: new Uint8Array(prefix) }),
      ...(after !== undefined && { after: new Uint8Array(after) }),
      limit: rowLimit(limit),
      now: this.#now(),
    })
  }

  async deleteExpired(now: number): Promise<Uint8Array[]> {
    const limit = EXPIRED_AT_A_TIME
    const deleted: Uint8Array[] = []
    for (;;) {
      const keys = await this.#client.call('records', 'deleteExpiredValues', { now, limit })
      this.#removed(keys.map((key) => ({ key, why: 'expired' })))
      deleted.push(...keys)
      if (keys.length < limit) return deleted
    }
  }

  async stats(): Promise<StorageStats> {
    const { maxEntries, maxSizeBytes } = this.#options
    return { ...(await this.#client.call('records', 'valueTotals', undefined)), maxEntries, maxSizeBytes }
  }

  close(): Promise<void> {
    return this.#locks.idle()
  }

  async #put(offered: StoredValue, prefersOffered: PrefersOffered | undefined): Promise<ValuePutResult> {
    const reply = await this.#offer(offered, prefersOffered === undefined)
    if (reply.result !== 'asked') return this.#told(offered, reply)
    if (prefersOffered !== undefined && !(await prefersOffered(reply.held))) {
      this.#refused(offered, 'A newer value is held.')
      return 'kept-existing'
    }
    return this.#told(offered, await this.#offer(offered, true))
  }

  #offer(value: StoredValue, isPreferred: boolean): Promise<ValuePutReply> {
    return this.#client.call('records', 'putValue', { value, now: this.#now(), isPreferred })
  }

  /** Publishes what a put has done, now that it is on the disk. */
  #told(offered: StoredValue, reply: ValuePutReply): ValuePutResult {
    if (reply.result === 'asked') return 'kept-existing'
    const { result, publisher, removed } = reply
    this.#removed(removed)
    if (result === 'full') this.#refused(offered, 'The store is full.')
    else {
      const { key, value } = offered
      const change = result === 'stored' ? 'new' : result
      this.#options.publish?.({
        type: 'record:stored',
        key,
        sizeBytes: value.length,
        from: publisher,
        change,
      })
    }
    return result
  }

  #removed(removed: RemovedValue[]): void {
    for (const { key, why } of removed) this.#options.publish?.({ type: 'record:removed', key, why })
  }

  #refused({ key, publisher }: StoredValue, reason: string): void {
    this.#options.publish?.({ type: 'record:refused', key, from: publisher, reason })
  }

  #now(): number {
    return this.#options.clock.now()
  }
}
