import type { Clock } from '../clock.ts'
import type { Publish } from '../events.ts'

/** A value this node holds for the network. Times in milliseconds since the epoch. */
export interface StoredValue {
  key: Uint8Array
  value: Uint8Array
  /** When it was last put, by our clock. */
  receivedAt: number
  /** Never served at or after this time. */
  expiresAt: number
  /** Base58btc id of who put it; our own for what we published. */
  publisher: string
}

/** What a put came to. `'kept-existing'`: the one we hold is newer; `'full'`: a cap refused it. */
export type ValuePutResult = 'stored' | 'replaced' | 'refreshed' | 'kept-existing' | 'full'

/**
 * Chooses between the value held and one offered, under the key's lock.
 * Returns true when the offered value shall replace the one held.
 */
export type PrefersOffered = (held: StoredValue) => boolean | Promise<boolean>

/** What a listing shows of a value, without its bytes. */
export type StoredValueInfo = Omit<StoredValue, 'value'> & { sizeBytes: number }

export interface StorageStats {
  entries: number
  sizeBytes: number
  maxEntries: number
  maxSizeBytes: number
}

/**
 * Where values are kept. Writes are acknowledged (their promise resolves) only
 * when they are as durable as the implementation can make them. Expired
 * entries are never returned, whether or not they are deleted yet.
 */
export interface ValueStorage {
  /** The live value under `key`, or undefined. */
  get(key: Uint8Array): Promise<StoredValue | undefined>
  /**
   * Stores a value. An equal value refreshes its times (the later expiry
   * stays, and so does the publisher unless it is now this node); a different one
   * replaces the held one only when `prefersOffered` says so (default: always).
   * Calls for one key run one after the other.
   */
  put(value: StoredValue, prefersOffered?: PrefersOffered): Promise<ValuePutResult>
  /** True when there was one. */
  delete(key: Uint8Array): Promise<boolean>
  /** Live values in key order, from `after` (exclusive), at most `limit` (default 1,000). */
  list(options?: { prefix?: Uint8Array; after?: Uint8Array; limit?: number }): Promise<StoredValueInfo[]>
  /** Deletes what expired at or before `now`; returns their keys. */
  deleteExpired(now: number): Promise<Uint8Array[]>
  stats(): Promise<StorageStats>
  /** Waits for writes under way. */
  close(): Promise<void>
}

/** What every storage is made with, values and providers, memory and SQLite. */
export interface StorageOptions {
  clock: Clock
  /** Base58btc id of this node: what it published itself is never evicted and counts towards no peer's share. */
  localId: string
  /** sha256 of this node's id, 32 bytes: at a cap the key farthest from it goes first. */
  localKey: Uint8Array
  /** Where `record:*` or `provider:*` events go. Default: nowhere. */
  publish?: Publish
}

/**
 * Options of a value storage. At `maxEntries` or `maxSizeBytes`, expired values
 * go first, then the farthest from `localKey`; an offered value that is itself
 * the farthest is refused (`'full'`). A publisher at its share gets `'full'`
 * for new keys; what it has stored it may always refresh.
 */
export interface ValueStorageOptions extends StorageOptions {
  /** Default 100,000. */
  maxEntries?: number
  /** Keys and values together. Default 256 MiB. */
  maxSizeBytes?: number
  /** Default 2,000. */
  maxEntriesPerPublisher?: number
}

export const VALUE_STORAGE_DEFAULTS = {
  maxEntries: 100_000,
  maxSizeBytes: 256 * 1024 * 1024,
  maxEntriesPerPublisher: 2000,
}

/** What a value counts towards `maxSizeBytes`: its key and its value. */
export function valueSizeBytes(value: Pick<StoredValue, 'key' | 'value'>): number {
  return value.key.length + value.value.length
}
