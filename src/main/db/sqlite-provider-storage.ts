import {
  PROVIDER_STORAGE_DEFAULTS,
  type ProviderPutResult,
  type ProviderStorage,
  type ProviderStorageOptions,
  providerSizeBytes,
  type StoredProvider,
} from '../../dht/stores/provider-storage.ts'
import type { StorageStats } from '../../dht/stores/value-storage.ts'
import type { DbClient } from './db-client.ts'
import type { PackedProvider, RemovedProvider } from './db-protocol.ts'
import { packBytes, unpackBytes } from './packed-bytes.ts'
import { rowLimit } from './row-limit.ts'

/** Expired records deleted in one transaction. */
const EXPIRED_AT_A_TIME = 500

/** Provider records in kadscope.db; a put is acknowledged after its commit. The worker keeps caps and expiry. */
export class SqliteProviderStorage implements ProviderStorage {
  readonly #client: DbClient
  readonly #options: ProviderStorageOptions & typeof PROVIDER_STORAGE_DEFAULTS
  readonly #writing = new Set<Promise<unknown>>()

  constructor(client: DbClient, options: ProviderStorageOptions) {
    this.#client = client
    this.#options = { ...PROVIDER_STORAGE_DEFAULTS, ...options }
    const { localId, localKey, maxEntries, maxSizeBytes, maxProvidersPerKey, maxKeysPerProvider } =
      this.#options
    // A failure is told by onProblem, and refuses every put that follows.
    void this.#client.call('records', 'configureProviders', {
      localId,
      localKey,
      maxEntries,
      maxSizeBytes,
      maxProvidersPerKey,
      maxKeysPerProvider,
    })
  }

  put(provider: StoredProvider): Promise<ProviderPutResult> {
    return this.#tracked(this.#put(packed(provider), providerSizeBytes(provider)))
  }

  async get(key: Uint8Array, limit = 100): Promise<StoredProvider[]> {
    const query = { key: new Uint8Array(key), limit: rowLimit(limit), now: this.#now() }
    return this.#presentable(await this.#client.call('records', 'getProviders', query))
  }

  keysOf(provider: string, limit = Number.POSITIVE_INFINITY): Promise<Uint8Array[]> {
    const now = this.#now()
    return this.#client.call('records', 'keysOfProvider', { provider, limit: rowLimit(limit), now })
  }

  delete(key: Uint8Array, provider: string): Promise<boolean> {
    return this.#tracked(this.#delete(new Uint8Array(key), provider))
  }

  async list(
    options: { after?: { key: Uint8Array; provider: string }; limit?: number } = {},
  ): Promise<StoredProvider[]> {
    const { after, limit = 1000 } = options
    const place = after && { after: { key: new Uint8Array(after.key), provider: after.provider } }
    const query = { ...place, limit: rowLimit(limit), now: this.#now() }
    return this.#presentable(await this.#client.call('records', 'listProviders', query))
  }

  async deleteExpired(now: number): Promise<{ key: Uint8Array; provider: string }[]> {
    const limit = EXPIRED_AT_A_TIME
    const deleted: { key: Uint8Array; provider: string }[] = []
    for (;;) {
      const removed = await this.#client.call('records', 'deleteExpiredProviders', { now, limit })
      this.#removed(removed)
      deleted.push(...removed.map(({ key, provider }) => ({ key, provider })))
      if (removed.length < limit) return deleted
    }
  }

  async stats(): Promise<StorageStats> {
    const { maxEntries, maxSizeBytes } = this.#options
    return { ...(await this.#client.call('records', 'providerTotals', undefined)), maxEntries, maxSizeBytes }
  }

  async close(): Promise<void> {
    while (this.#writing.size > 0) await Promise.allSettled(this.#writing)
  }

  async #put(record: PackedProvider, sizeBytes: number): Promise<ProviderPutResult> {
    const offer = { record, sizeBytes, now: this.#now() }
    const { result, removed } = await this.#client.call('records', 'putProvider', offer)
    const { key, provider } = record
    this.#removed(removed)
    if (result === 'full') {
      this.#options.publish?.({ type: 'provider:refused', key, provider, reason: 'The store is full.' })
    } else {
      const change = result === 'stored' ? 'new' : result
      this.#options.publish?.({ type: 'provider:stored', key, provider, change })
    }
    return result
  }

  async #delete(key: Uint8Array, provider: string): Promise<boolean> {
    const removed = await this.#client.call('records', 'deleteProvider', { key, provider, now: this.#now() })
    if (removed === undefined) return false
    this.#removed([removed])
    return removed.why === 'user'
  }

  async #tracked<T>(write: Promise<T>): Promise<T> {
    this.#writing.add(write)
    try {
      return await write
    } finally {
      this.#writing.delete(write)
    }
  }

  /** Time has passed since the worker looked. */
  #presentable(records: PackedProvider[]): StoredProvider[] {
    const now = this.#now()
    return records
      .filter(({ expiresAt }) => expiresAt > now)
      .map((record) => ({ ...record, addrs: record.addrsExpireAt > now ? unpackBytes(record.addrs) : [] }))
  }

  #removed(removed: RemovedProvider[]): void {
    for (const { key, provider, why } of removed) {
      this.#options.publish?.({ type: 'provider:removed', key, provider, why })
    }
  }

  #now(): number {
    return this.#options.clock.now()
  }
}

/** A copy: what the caller does with its buffers afterwards changes nothing. */
function packed(provider: StoredProvider): PackedProvider {
  return {
    ...provider,
    key: new Uint8Array(provider.key),
    providerBytes: new Uint8Array(provider.providerBytes),
    addrs: packBytes(provider.addrs),
  }
}
