import type {
  OperationRow,
  RpcRow,
  TableHistoryRow,
  ValidatorDefinition,
  ValidatorRow,
} from '../../shared/rows.ts'
import type { OperationKind, TraceEvent } from '../../shared/trace-event.ts'

/** A peer of the routing table as it is kept over a restart. It counts as unverified until it answers again. */
export interface SavedPeer {
  /** Base58btc id. */
  id: string
  /** Binary multiaddrs. */
  addrs: Uint8Array[]
  /** Milliseconds since the epoch. */
  lastSeenAt: number
}

/** The routing table's peers, kept over restarts. */
export interface PeerStorage {
  /** Replaces what was saved before. */
  save(peers: SavedPeer[]): Promise<void>
  /** Most recently seen first. */
  load(): Promise<SavedPeer[]>
}

/** A validator as registered; built-in ones are not kept. */
export type SavedValidator = Pick<ValidatorRow, 'namespace' | 'enabled' | 'version'> & {
  definition: ValidatorDefinition
  registeredAt: number
}

/** Validators of the profile's network. */
export interface ValidatorStorage {
  /** Adds, or replaces the one of this namespace. */
  put(validator: SavedValidator): Promise<void>
  /** True when there was one. */
  remove(namespace: string): Promise<boolean>
  /** By namespace. */
  list(): Promise<SavedValidator[]>
}

/** Settings of the profile: plain JSON values by name. */
export interface SettingStorage {
  /** Everything that was put, by name. What it means is for the reader to check. */
  load(): Promise<Record<string, unknown>>
  /** Adds or replaces. `value` must survive JSON. */
  put(name: string, value: unknown): Promise<void>
  /** True when there was one. */
  remove(name: string): Promise<boolean>
}

/** Changes of the routing table, so that the past can be drawn again. */
export interface TableHistoryStorage {
  /** Numbers the changes in the order given. */
  append(changes: Omit<TableHistoryRow, 'seq'>[]): Promise<void>
  /** Oldest first; `from` and `to` inclusive, after `afterSeq`, at most `limit` (default 1,000). */
  list(query?: TableHistoryQuery): Promise<TableHistoryRow[]>
}

export interface TableHistoryQuery {
  /** Milliseconds since the epoch. */
  from?: number
  to?: number
  afterSeq?: number
  limit?: number
}

/** An RPC row with the bytes of its messages, where they were recorded. */
export type StoredRpc = RpcRow & { request?: Uint8Array; reply?: Uint8Array }

/** An event and its place in the trace it belongs to. */
export interface IndexedTraceEvent {
  traceId: string
  /** Counts from 0 within the trace. An index appended again replaces what it held. */
  index: number
  event: TraceEvent
}

export interface OperationQuery {
  /** Start after this row of the last page. */
  before?: Pick<OperationRow, 'startedAt' | 'id'>
  /** Default 100. */
  limit?: number
  /** Default: every kind. */
  kinds?: OperationKind[]
  /** Part of the id, key, kind or result, in any case. */
  text?: string
}

export interface RpcQuery {
  /** Id of the last row of the page before; unknown ids give nothing. */
  before?: string
  /** Default 100. */
  limit?: number
  peer?: string
  operationId?: string
}

/** How much of the past is kept; what exceeds a limit goes oldest first. */
export interface TraceLimits {
  maxOperations: number
  maxAgeMs: number
  /** Of the whole file. */
  maxSizeBytes: number
  /** Milliseconds since the epoch. */
  now: number
}

/** Operations, their events, and every RPC. Durable to the last second but one, not to the last row. */
export interface TraceStorage {
  /** Adds, or replaces by id. */
  putOperations(rows: OperationRow[]): Promise<void>
  appendEvents(events: IndexedTraceEvent[]): Promise<void>
  /** Adds, or replaces by id. */
  putRpcs(rows: StoredRpc[]): Promise<void>
  /** Newest first. */
  operations(query?: OperationQuery): Promise<OperationRow[]>
  operation(id: string): Promise<OperationRow | undefined>
  /** In order, from `fromIndex` (default 0) on. */
  events(traceId: string, fromIndex?: number): Promise<TraceEvent[]>
  /** Newest first, without the bytes. */
  rpcs(query?: RpcQuery): Promise<RpcRow[]>
  rpc(id: string): Promise<StoredRpc | undefined>
  /** Deletes them with their events and RPCs; unknown ids are ignored. */
  deleteOperations(ids: string[]): Promise<void>
  /** Deletes what exceeds the limits, in small steps; says how many operations that were. */
  prune(limits: TraceLimits): Promise<{ operations: number }>
}
