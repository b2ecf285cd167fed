import { join } from 'node:path'
import type Sqlite from 'better-sqlite3'
import type { DbReply, DbRequest, RecordCalls } from '../db-protocol.ts'
import { GroupRunner } from './group-runner.ts'
import { openFile } from './open-file.ts'
import { JsonTable, PeerTable } from './profile-tables.ts'
import { ProviderTable } from './provider-table.ts'
import { recordMigrations } from './records-schema.ts'
import { ValueTable } from './value-table.ts'

/** kadscope.db: what must not be lost. */
export class RecordsFile {
  readonly #db: Sqlite.Database
  readonly #runner: GroupRunner

  /** Opens or makes the file. Errors as `openFile`. */
  constructor(dir: string, report: (problem: string) => void) {
    const path = join(dir, 'kadscope.db')
    const db = openFile({ path, synchronous: 'FULL', migrations: recordMigrations, report })
    const values = new ValueTable(db)
    const providers = new ProviderTable(db)
    const calls = {
      ...valueCalls(values),
      ...providerCalls(providers),
      ...profileCalls(db),
    } satisfies RecordCalls
    this.#db = db
    this.#runner = new GroupRunner({ db, calls, members: [values, providers], report })
  }

  /** Performs the requests in one transaction; the replies are to be sent, for it is committed. */
  run(requests: readonly DbRequest[]): DbReply[] {
    return this.#runner.run(requests)
  }

  /** Checkpoints and closes the file. */
  close(): void {
    this.#db.close()
  }
}

function valueCalls(values: ValueTable) {
  return {
    configureValues: (options) => values.configure(options),
    putValue: (offer) => values.put(offer),
    getValue: (query) => values.get(query),
    deleteValue: (query) => values.delete(query),
    listValues: (query) => values.list(query),
    deleteExpiredValues: (query) => values.deleteExpired(query),
    valueTotals: () => values.totals(),
  } satisfies Partial<RecordCalls>
}

function providerCalls(providers: ProviderTable) {
  return {
    configureProviders: (options) => providers.configure(options),
    putProvider: (offer) => providers.put(offer),
    getProviders: (query) => providers.get(query),
    keysOfProvider: (query) => providers.keysOf(query),
    deleteProvider: (query) => providers.delete(query),
    listProviders: (query) => providers.list(query),
    deleteExpiredProviders: (query) => providers.deleteExpired(query),
    providerTotals: () => providers.totals(),
  } satisfies Partial<RecordCalls>
}

function profileCalls(db: Sqlite.Database) {
  const peers = new PeerTable(db)
  const validators = new JsonTable(db, 'validators')
  const settings = new JsonTable(db, 'settings')
  return {
    savePeers: (rows) => peers.save(rows),
    loadPeers: () => peers.load(),
    putValidator: (row) => validators.put(row),
    removeValidator: (name) => validators.remove(name),
    listValidators: () => validators.list(),
    putSetting: (row) => settings.put(row),
    removeSetting: (name) => settings.remove(name),
    listSettings: () => settings.list(),
  } satisfies Partial<RecordCalls>
}
