import type { ProviderStorage, ProviderStorageOptions } from '../../dht/stores/provider-storage.ts'
import type { ValueStorage, ValueStorageOptions } from '../../dht/stores/value-storage.ts'
import { workerUrl as bundledWorker } from '../worker-url.ts'
import { DbClient } from './db-client.ts'
import {
  SqlitePeerStorage,
  SqliteSettingStorage,
  SqliteTableHistoryStorage,
  SqliteValidatorStorage,
} from './sqlite-profile-storages.ts'
import { SqliteProviderStorage } from './sqlite-provider-storage.ts'
import { SqliteTraceStorage } from './sqlite-trace-storage.ts'
import { SqliteValueStorage } from './sqlite-value-storage.ts'
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

/**
 * Opens a profile's databases, making or migrating them as needed. A damaged
 * one is set aside under a new name, and an empty one takes its place.
 * @throws {StorageError} when a file cannot be opened or was made by a newer Kadscope
 * @throws {WorkerMissingError} when the worker's bundle is not there
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { dir, onProblem = () => {}, workerUrl = bundledWorker('db-worker') } = options
  const client = new DbClient({ dir, workerUrl, onProblem })
  await client.opened
  return {
    values: (valueOptions) => new SqliteValueStorage(client, valueOptions),
    providers: (providerOptions) => new SqliteProviderStorage(client, providerOptions),
    peers: new SqlitePeerStorage(client),
    validators: new SqliteValidatorStorage(client),
    settings: new SqliteSettingStorage(client),
    tableHistory: new SqliteTableHistoryStorage(client),
    traces: new SqliteTraceStorage(client),
    close: () => client.close(),
  }
}
