import type { TableHistoryRow } from '../../shared/rows.ts'
import type { DbClient } from './db-client.ts'
import { packBytes, unpackBytes } from './packed-bytes.ts'
import type {
  PeerStorage,
  SavedPeer,
  SavedValidator,
  SettingStorage,
  TableHistoryQuery,
  TableHistoryStorage,
  ValidatorStorage,
} from './storages.ts'

/** The routing table's peers in kadscope.db. */
export class SqlitePeerStorage implements PeerStorage {
  readonly #client: DbClient

  constructor(client: DbClient) {
    this.#client = client
  }

  save(peers: SavedPeer[]): Promise<void> {
    const rows = peers.map(({ id, addrs, lastSeenAt }) => ({ id, addrs: packBytes(addrs), lastSeenAt }))
    return this.#client.call('records', 'savePeers', rows)
  }

  async load(): Promise<SavedPeer[]> {
    const rows = await this.#client.call('records', 'loadPeers', undefined)
    return rows.map(({ id, addrs, lastSeenAt }) => ({ id, addrs: unpackBytes(addrs), lastSeenAt }))
  }
}

/** Registered validators in kadscope.db. */
export class SqliteValidatorStorage implements ValidatorStorage {
  readonly #client: DbClient

  constructor(client: DbClient) {
    this.#client = client
  }

  put(validator: SavedValidator): Promise<void> {
    const row = { name: validator.namespace, json: JSON.stringify(validator) }
    return this.#client.call('records', 'putValidator', row)
  }

  remove(namespace: string): Promise<boolean> {
    return this.#client.call('records', 'removeValidator', namespace)
  }

  async list(): Promise<SavedValidator[]> {
    const rows = await this.#client.call('records', 'listValidators', undefined)
    return rows.map(({ json }) => JSON.parse(json) as SavedValidator)
  }
}

/** The profile's settings in kadscope.db. */
export class SqliteSettingStorage implements SettingStorage {
  readonly #client: DbClient

  constructor(client: DbClient) {
    this.#client = client
  }

  async load(): Promise<Record<string, unknown>> {
    const rows = await this.#client.call('records', 'listSettings', undefined)
    return Object.fromEntries(rows.map(({ name, json }) => [name, JSON.parse(json) as unknown]))
  }

  put(name: string, value: unknown): Promise<void> {
    return this.#client.call('records', 'putSetting', { name, json: JSON.stringify(value) })
  }

  remove(name: string): Promise<boolean> {
    return this.#client.call('records', 'removeSetting', name)
  }
}

/** The routing table's changes in traces.db. */
export class SqliteTableHistoryStorage implements TableHistoryStorage {
  readonly #client: DbClient

  constructor(client: DbClient) {
    this.#client = client
  }

  append(changes: Omit<TableHistoryRow, 'seq'>[]): Promise<void> {
    const rows = changes.map((change) => ({ at: change.at, json: JSON.stringify(change) }))
    return this.#client.call('traces', 'appendHistory', rows)
  }

  async list(query: TableHistoryQuery = {}): Promise<TableHistoryRow[]> {
    const rows = await this.#client.call('traces', 'listHistory', query)
    return rows.map(({ seq, json }) => ({ ...(JSON.parse(json) as Omit<TableHistoryRow, 'seq'>), seq }))
  }
}
