import type { StorageOptions, StorageStats } from './value-storage.ts'

/** One provider of one key. Times in milliseconds since the epoch. */
export interface StoredProvider {
  /** The key as given on the wire: a multihash, 1–80 bytes. */
  key: Uint8Array
  /** Base58btc id. */
  provider: string
  /** Multihash of the provider's id. */
  providerBytes: Uint8Array
  /** Binary multiaddrs; empty once they have expired (24 h), before the record does (48 h). */
  addrs: Uint8Array[]
  receivedAt: number
  addrsExpireAt: number
  /** Never served at or after this time. */
  expiresAt: number
}

export type ProviderPutResult = 'stored' | 'refreshed' | 'full'

/** Where provider records are kept; the promises of `ValueStorage` hold here too. */
export interface ProviderStorage {
  /** Adds or refreshes. A refresh of a record held is never refused by a cap. */
  put(provider: StoredProvider): Promise<ProviderPutResult>
  /** Live providers of a key, most recent first, at most `limit` (default 100). */
  get(key: Uint8Array, limit?: number): Promise<StoredProvider[]>
  /** Keys a provider has live records for, in key order. */
  keysOf(provider: string, limit?: number): Promise<Uint8Array[]>
  /** True when there was one. */
  delete(key: Uint8Array, provider: string): Promise<boolean>
  /** Live records in key order, from `after` (exclusive), at most `limit` (default 1,000). */
  list(options?: { after?: { key: Uint8Array; provider: string }; limit?: number }): Promise<StoredProvider[]>
  /** Deletes what expired at or before `now`; returns what was deleted. */
  deleteExpired(now: number): Promise<{ key: Uint8Array; provider: string }[]>
  stats(): Promise<StorageStats>
  close(): Promise<void>
}

/**
 * Options of a provider storage. At `maxProvidersPerKey` the key's record
 * nearest to expiry goes. At `maxEntries` or `maxSizeBytes`, expired records go
 * first, then records of the key farthest from `localKey`, nearest to expiry
 * first; when the offered key is itself the farthest, the offer is refused
 * (`'full'`). A provider at `maxKeysPerProvider` gets `'full'` for new keys.
 */
export interface ProviderStorageOptions extends StorageOptions {
  /** Default 100 (protocol.md §8, 15). */
  maxProvidersPerKey?: number
  /** Default 20,000. */
  maxKeysPerProvider?: number
  /** Records. Default 1,000,000. */
  maxEntries?: number
  /** Keys, ids and addresses together. Default 256 MiB. */
  maxSizeBytes?: number
}

export const PROVIDER_STORAGE_DEFAULTS = {
  maxProvidersPerKey: 100,
  maxKeysPerProvider: 20_000,
  maxEntries: 1_000_000,
  maxSizeBytes: 256 * 1024 * 1024,
}

/** What a record counts towards `maxSizeBytes`: its key, the provider's id and its addresses. */
export function providerSizeBytes(record: Pick<StoredProvider, 'key' | 'providerBytes' | 'addrs'>): number {
  return record.addrs.reduce(
    (sum, addr) => sum + addr.length,
    record.key.length + record.providerBytes.length,
  )
}
