import type { StoredProvider } from '../../dht/stores/provider-storage.ts'
import type { StoredValue, StoredValueInfo } from '../../dht/stores/value-storage.ts'
import type { StorageFault } from './storage-error.ts'
import type { OperationQuery, RpcQuery, TableHistoryQuery, TraceLimits } from './storages.ts'

/** Caps of a store and whose it is, as its table needs them. */
export interface StoreOwner {
  localId: string
  localKey: Uint8Array
  maxEntries: number
  maxSizeBytes: number
}

export type ValueTableOptions = StoreOwner & { maxEntriesPerPublisher: number }
export type ProviderTableOptions = StoreOwner & { maxProvidersPerKey: number; maxKeysPerProvider: number }

/** Why an entry left its store. */
export type RemovalReason = 'expired' | 'cap' | 'user'

export interface RemovedValue {
  key: Uint8Array
  why: RemovalReason
}

export interface RemovedProvider {
  key: Uint8Array
  provider: string
  why: RemovalReason
}

/**
 * What a put of a value came to. `'asked'`: another live value is held and
 * nothing was done; the caller must decide. `publisher` is whose the entry is now.
 */
export type ValuePutReply =
  | { result: 'asked'; held: StoredValue }
  | {
      result: 'stored' | 'replaced' | 'refreshed' | 'full'
      publisher: string
      removed: RemovedValue[]
    }

/** A provider record as a row: its addresses packed into one piece (`packBytes`). */
export type PackedProvider = Omit<StoredProvider, 'addrs'> & { addrs: Uint8Array }

export interface ProviderPutReply {
  result: 'stored' | 'refreshed' | 'full'
  removed: RemovedProvider[]
}

/** What a store holds, expired entries that are not deleted yet included. */
export interface StoreTotals {
  entries: number
  sizeBytes: number
}

/** A saved peer as a row. */
export interface PackedPeer {
  id: string
  addrs: Uint8Array
  lastSeenAt: number
}

/** A row whose content is JSON that only the main thread reads. */
export interface JsonRow {
  name: string
  json: string
}

/** What `kadscope.db` can be asked. Times are the caller's, in milliseconds since the epoch. */
export interface RecordCalls {
  configureValues(options: ValueTableOptions): void
  putValue(offer: { value: StoredValue; now: number; isPreferred: boolean }): ValuePutReply
  getValue(query: { key: Uint8Array; now: number }): StoredValue | undefined
  deleteValue(query: { key: Uint8Array; now: number }): boolean
  listValues(query: {
    prefix?: Uint8Array
    after?: Uint8Array
    limit: number
    now: number
  }): StoredValueInfo[]
  /** At most `limit` at a time. */
  deleteExpiredValues(query: { now: number; limit: number }): Uint8Array[]
  valueTotals(): StoreTotals

  configureProviders(options: ProviderTableOptions): void
  putProvider(offer: { record: PackedProvider; sizeBytes: number; now: number }): ProviderPutReply
  getProviders(query: { key: Uint8Array; limit: number; now: number }): PackedProvider[]
  keysOfProvider(query: { provider: string; limit: number; now: number }): Uint8Array[]
  /** What was deleted, live (`'user'`) or expired; undefined when there was nothing. */
  deleteProvider(query: { key: Uint8Array; provider: string; now: number }): RemovedProvider | undefined
  listProviders(query: {
    after?: { key: Uint8Array; provider: string }
    limit: number
    now: number
  }): PackedProvider[]
  /** At most `limit` at a time. */
  deleteExpiredProviders(query: { now: number; limit: number }): RemovedProvider[]
  providerTotals(): StoreTotals

  savePeers(peers: PackedPeer[]): void
  loadPeers(): PackedPeer[]
  putValidator(row: JsonRow): void
  removeValidator(name: string): boolean
  listValidators(): JsonRow[]
  putSetting(row: JsonRow): void
  removeSetting(name: string): boolean
  listSettings(): JsonRow[]
}

/** An operation as a row: what is searched and sorted by, and the whole of it as JSON. */
export interface PackedOperation {
  id: string
  startedAt: number
  kind: string
  isOpen: boolean
  /** Lower case; what `text` of a query is looked for in. */
  search: string
  json: string
}

/** Events of one trace whose indices follow on each other. */
export interface EventRun {
  traceId: string
  firstIndex: number
  lastIndex: number
  /** A JSON array. */
  json: string
}

export interface PackedRpc {
  id: string
  at: number
  peer: string
  operationId?: string
  json: string
  request?: Uint8Array
  reply?: Uint8Array
}

export interface PackedHistoryRow {
  seq: number
  at: number
  json: string
}

/** What `traces.db` can be asked. */
export interface TraceCalls {
  putOperations(rows: PackedOperation[]): void
  appendEvents(runs: EventRun[]): void
  putRpcs(rows: PackedRpc[]): void
  /** JSON of each, newest first. */
  listOperations(query: OperationQuery): string[]
  getOperation(id: string): string | undefined
  /** In the order they were appended. */
  listEvents(query: { traceId: string; fromIndex: number }): Omit<EventRun, 'traceId'>[]
  listRpcs(query: RpcQuery): string[]
  getRpc(id: string): Pick<PackedRpc, 'json' | 'request' | 'reply'> | undefined
  deleteOperations(ids: string[]): void
  /** One step; to be asked again until it `isDone`. */
  prune(limits: TraceLimits): { operations: number; isDone: boolean }
  appendHistory(rows: Omit<PackedHistoryRow, 'seq'>[]): void
  listHistory(query: TableHistoryQuery): PackedHistoryRow[]
}

/** The two files and what each can be asked. */
export interface FileCalls {
  records: RecordCalls
  traces: TraceCalls
}

export type DbFile = keyof FileCalls
export type CallOf<F extends DbFile> = keyof FileCalls[F] & string
export type ArgumentOf<F extends DbFile, C extends CallOf<F>> = FileCalls[F][C] extends (
  argument: infer A,
) => unknown
  ? A
  : never
export type ResultOf<F extends DbFile, C extends CallOf<F>> = FileCalls[F][C] extends (
  ...args: never[]
) => infer R
  ? R
  : never

/** One call on its way to the worker. The main thread posts them in arrays, one array per turn of its loop. */
export interface DbRequest {
  id: number
  file: DbFile
  call: string
  argument: unknown
}

export type DbReply = { id: number; result: unknown } | { id: number; fault: StorageFault }

/** What the main thread posts: calls, or the wish to end after everything posted before. */
export type ToWorker = { requests: DbRequest[] } | { close: true }

/** What the worker posts. `opened` or `failed` comes first; `closed` last. */
export type FromWorker =
  | { type: 'opened' }
  | { type: 'failed'; fault: StorageFault }
  | { type: 'replies'; replies: DbReply[] }
  | { type: 'problem'; text: string }
  | { type: 'closed' }

/** How the worker is started. */
export interface WorkerStart {
  dir: string
}
