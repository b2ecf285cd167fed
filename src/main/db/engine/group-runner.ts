import type Sqlite from 'better-sqlite3'
import type { DbReply, DbRequest } from '../db-protocol.ts'
import { faultOf, StorageError, type StorageFault } from '../storage-error.ts'

/** What keeps numbers in memory that must agree with the database at every commit. */
export interface GroupMember {
  /** Writes what it counted. */
  beforeCommit(): void
  /** Forgets what it counted, for it did not happen. */
  afterRollback(): void
}

/** What a file can be asked, by name. */
export type CallTable = Readonly<Record<string, (argument: never) => unknown>>

export interface GroupRunnerOptions {
  db: Sqlite.Database
  calls: CallTable
  members: readonly GroupMember[]
  report: (problem: string) => void
}

/**
 * Runs requests that arrived together in one transaction, so that they share
 * one write to the disk. Their replies exist only after the commit. When one
 * fails, all are rolled back and run again one by one: only those that fail
 * for themselves are refused.
 */
export class GroupRunner {
  readonly #calls: CallTable
  readonly #members: readonly GroupMember[]
  readonly #report: (problem: string) => void
  readonly #db: Sqlite.Database
  readonly #begin: Sqlite.Statement
  readonly #commit: Sqlite.Statement
  readonly #rollback: Sqlite.Statement
  readonly #changes: Sqlite.Statement<[], number>
  #lastChanges = 0
  /** The kind of failure reported last; it is reported again only after a write has succeeded. */
  #reported: string | undefined

  constructor({ db, calls, members, report }: GroupRunnerOptions) {
    this.#db = db
    this.#calls = calls
    this.#members = members
    this.#report = report
    this.#begin = db.prepare('BEGIN')
    this.#commit = db.prepare('COMMIT')
    this.#rollback = db.prepare('ROLLBACK')
    this.#changes = db.prepare<[], number>('SELECT total_changes()').pluck()
  }

  /** Replies in the order of the requests. */
  run(requests: readonly DbRequest[]): DbReply[] {
    try {
      return this.#together(requests)
    } catch (error) {
      this.#undo()
      if (requests.length > 1) return requests.flatMap((request) => this.run([request]))
      return requests.map(({ id }) => ({ id, fault: this.#faultOf(error) }))
    }
  }

  #together(requests: readonly DbRequest[]): DbReply[] {
    this.#begin.run()
    const replies = requests.map((request) => ({ id: request.id, result: this.#perform(request) }))
    for (const member of this.#members) member.beforeCommit()
    this.#commit.run()
    this.#noteSuccess()
    return replies
  }

  #perform({ call, argument }: DbRequest): unknown {
    const perform = this.#calls[call]
    if (perform === undefined) throw new StorageError('ERR_STORAGE_FAILED', `There is no call ${call}.`)
    return perform(argument as never)
  }

  #undo(): void {
    // A full disk or a damaged file may have ended the transaction already.
    if (this.#db.inTransaction) this.#rollback.run()
    for (const member of this.#members) member.afterRollback()
  }

  #noteSuccess(): void {
    const changes = this.#changes.get() ?? 0
    if (changes !== this.#lastChanges) this.#reported = undefined
    this.#lastChanges = changes
  }

  #faultOf(error: unknown): StorageFault {
    const fault = faultOf(error)
    if (fault.code !== this.#reported) this.#report(fault.message)
    this.#reported = fault.code
    return fault
  }
}
