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
   * Stores a value. An equal value refreshes its times; a different one
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
