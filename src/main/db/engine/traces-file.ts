import { join } from 'node:path'
import type Sqlite from 'better-sqlite3'
import type { DbReply, DbRequest, TraceCalls } from '../db-protocol.ts'
import { endInterrupted } from './end-interrupted.ts'
import { GroupRunner } from './group-runner.ts'
import { HistoryTable } from './history-table.ts'
import { openFile } from './open-file.ts'
import { OperationTable } from './operation-table.ts'
import { RpcTable } from './rpc-table.ts'
import { TracePruning } from './trace-pruning.ts'
import { traceMigrations } from './traces-schema.ts'

/** traces.db: what has happened. */
export class TracesFile {
  readonly #db: Sqlite.Database
  readonly #runner: GroupRunner

  /** Opens or makes the file, and ends what a crashed run left open in it. Errors as `openFile`. */
  constructor(dir: string, report: (problem: string) => void) {
    const path = join(dir, 'traces.db')
    const db = openFile({ path, synchronous: 'NORMAL', migrations: traceMigrations, report })
    endInterrupted(db)
    this.#db = db
    this.#runner = new GroupRunner({ db, calls: traceCalls(db), members: [], report })
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

function traceCalls(db: Sqlite.Database) {
  const operations = new OperationTable(db)
  const rpcs = new RpcTable(db)
  const history = new HistoryTable(db)
  const pruning = new TracePruning(db, operations)
  return {
    putOperations: (rows) => operations.put(rows),
    appendEvents: (runs) => operations.append(runs),
    putRpcs: (rows) => rpcs.put(rows),
    listOperations: (query) => operations.list(query),
    getOperation: (id) => operations.get(id),
    listEvents: (query) => operations.events(query),
    listRpcs: (query) => rpcs.list(query),
    getRpc: (id) => rpcs.get(id),
    deleteOperations: (ids) => operations.delete(ids),
    prune: (limits) => pruning.step(limits),
    appendHistory: (rows) => history.append(rows),
    listHistory: (query) => history.list(query),
  } satisfies TraceCalls
}
