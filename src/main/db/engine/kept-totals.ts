import type Sqlite from 'better-sqlite3'
import type { StoreTotals } from '../db-protocol.ts'
import type { GroupMember } from './group-runner.ts'

interface Row extends StoreTotals {
  localId: string
}

/** Entries and bytes of a store: counted in memory, written once per transaction. */
export class KeptTotals implements GroupMember {
  readonly #name: string
  readonly #select: Sqlite.Statement<[string], Row>
  readonly #update: Sqlite.Statement<[number, number, string, string]>
  #row: Row = { entries: 0, sizeBytes: 0, localId: '' }
  #isChanged = false

  /** @param name - the store's row in `stores`. */
  constructor(db: Sqlite.Database, name: 'values' | 'providers') {
    this.#name = name
    this.#select = db.prepare(
      'SELECT entries, size_bytes AS sizeBytes, local_id AS localId FROM stores WHERE name = ?',
    )
    this.#update = db.prepare('UPDATE stores SET entries = ?, size_bytes = ?, local_id = ? WHERE name = ?')
    this.afterRollback()
  }

  get entries(): number {
    return this.#row.entries
  }

  get sizeBytes(): number {
    return this.#row.sizeBytes
  }

  /** Whose distances and own entries the rows have. */
  get localId(): string {
    return this.#row.localId
  }

  set localId(localId: string) {
    this.#row.localId = localId
    this.#isChanged = true
  }

  add(entries: number, sizeBytes: number): void {
    this.#row.entries += entries
    this.#row.sizeBytes += sizeBytes
    this.#isChanged = true
  }

  beforeCommit(): void {
    if (!this.#isChanged) return
    const { entries, sizeBytes, localId } = this.#row
    this.#update.run(entries, sizeBytes, localId, this.#name)
    this.#isChanged = false
  }

  afterRollback(): void {
    this.#row = this.#select.get(this.#name) ?? { entries: 0, sizeBytes: 0, localId: '' }
    this.#isChanged = false
  }
}
