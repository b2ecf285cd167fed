import type Sqlite from 'better-sqlite3'
import type { OperationRow, RpcRow } from '../../../shared/rows.ts'
import type { TraceEvent } from '../../../shared/trace-event.ts'

const REASON = 'The backend stopped while this ran.'

/**
 * Ends what a run that ended without notice left open in traces.db: its
 * operations have failed when their last event happened, and requests without
 * an answer were cancelled. Events of operations that were never written go.
 */
export function endInterrupted(db: Sqlite.Database): void {
  const open = db.prepare<[], string>('SELECT json FROM operations WHERE is_open = 1').pluck()
  db.transaction(() => {
    for (const json of open.all()) endOperation(db, JSON.parse(json) as OperationRow)
    db.exec('DELETE FROM event_runs WHERE trace_id NOT IN (SELECT id FROM operations)')
  })()
}

function endOperation(db: Sqlite.Database, row: OperationRow): void {
  endRequests(db, row.id)
  const ended: OperationRow = {
    ...row,
    durationMs: Math.max(0, lastEventAt(db, row) - row.startedAt),
    reason: 'failed',
    outcome: 'cancelled',
    result: REASON,
    error: { code: 'ERR_BACKEND_STOPPED', message: REASON },
  }
  db.prepare('UPDATE operations SET is_open = 0, json = ? WHERE id = ?').run(JSON.stringify(ended), row.id)
}

function endRequests(db: Sqlite.Database, operationId: string): void {
  const rows = db
    .prepare<[string], string>(
      "SELECT json FROM rpcs WHERE operation_id = ? AND json ->> 'outcome' = 'pending'",
    )
    .pluck()
  for (const json of rows.all(operationId)) {
    const row: RpcRow = { ...(JSON.parse(json) as RpcRow), outcome: 'cancelled', reason: REASON }
    db.prepare('UPDATE rpcs SET json = ? WHERE id = ?').run(JSON.stringify(row), row.id)
  }
}

function lastEventAt(db: Sqlite.Database, { id, startedAt }: OperationRow): number {
  const json = db
    .prepare<[string], string>(
      'SELECT json FROM event_runs WHERE trace_id = ? ORDER BY last_index DESC LIMIT 1',
    )
    .pluck()
    .get(id)
  const events = json === undefined ? [] : (JSON.parse(json) as TraceEvent[])
  return events.at(-1)?.at ?? startedAt
}
