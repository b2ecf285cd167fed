import type { ProviderStorage, ProviderStorageOptions } from '../../dht/stores/provider-storage.ts'
import type { ValueStorage, ValueStorageOptions } from '../../dht/stores/value-storage.ts'
import type {
  PeerStorage,
  SettingStorage,
  TableHistoryStorage,
  TraceStorage,
  ValidatorStorage,
} from './storages.ts'

/**
 * A profile's databases, both owned by one worker thread. Every promise rejects
 * with a `StorageError`. Writes to `kadscope.db` (values, providers, peers,
 * validators, settings) are acknowledged after their commit has reached the
 * disk; `traces.db` (traces, table history) may lose its last commits when the
 * machine, not the process, fails.
 */
export interface Database {
  /** The values; call it once, its options hold for the life of the database. */
  values(options: ValueStorageOptions): ValueStorage
  /** The provider records; call it once. */
  providers(options: ProviderStorageOptions): ProviderStorage
  readonly peers: PeerStorage
  readonly validators: ValidatorStorage
  readonly settings: SettingStorage
  readonly tableHistory: TableHistoryStorage
  readonly traces: TraceStorage
  /** Waits for everything asked before, checkpoints and ends the worker. Calling it twice is harmless. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** The profile's folder; it must exist. */
  dir: string
  /** Told, in a sentence for people, of a damaged file set aside and of writes that begin to fail. */
  onProblem?: (text: string) => void
  /** The worker's program. Default: its bundle. */
  workerUrl?: URL
}
