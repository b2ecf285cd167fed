import type Sqlite from 'better-sqlite3'
import type { PackedRpc, TraceCalls } from '../db-protocol.ts'
import type { RpcQuery } from '../storages.ts'

const DEFAULT_LIMIT = 100

type Bytes = Uint8Array | null
type PutArguments = [string, number, string, string | null, string, request: Bytes, reply: Bytes]

interface ListArguments {
  at: number
  seq: number
  limit: number
  peer?: string
  operationId?: string
}

/** The RPCs of traces.db, ours and others', each with the bytes of its messages where they were recorded. */
export class RpcTable {
  readonly #put: Sqlite.Statement<PutArguments>
  readonly #get: Sqlite.Statement<[string], { json: string; request: Bytes; reply: Bytes }>
  readonly #place: Sqlite.Statement<[string], { at: number; seq: number }>
  readonly #lists: Record<
    'all' | 'ofPeer' | 'ofOperation' | 'ofBoth',
    Sqlite.Statement<ListArguments, string>
  >

  constructor(db: Sqlite.Database) {
    this.#put = db.prepare(`
      INSERT INTO rpcs (id, at, peer, operation_id, json, request, reply) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET at = excluded.at, peer = excluded.peer,
        operation_id = excluded.operation_id, json = excluded.json,
        request = excluded.request, reply = excluded.reply`)
    this.#get = db.prepare('SELECT json, request, reply FROM rpcs WHERE id = ?')
    this.#place = db.prepare('SELECT at, seq FROM rpcs WHERE id = ?')
    this.#lists = {
      all: listing(db, ''),
      ofPeer: listing(db, 'peer = @peer AND'),
      ofOperation: listing(db, 'operation_id = @operationId AND'),
      ofBoth: listing(db, 'operation_id = @operationId AND +peer = @peer AND'),
    }
  }

  put(rows: PackedRpc[]): void {
    for (const { id, at, peer, operationId, json, request, reply } of rows) {
      this.#put.run(id, at, peer, operationId ?? null, json, request ?? null, reply ?? null)
    }
  }

  get(id: string): ReturnType<TraceCalls['getRpc']> {
    const row = this.#get.get(id)
    if (row === undefined) return undefined
    const { json, request, reply } = row
    return { json, ...(request !== null && { request }), ...(reply !== null && { reply }) }
  }

  list({ before, limit = DEFAULT_LIMIT, peer, operationId }: RpcQuery): string[] {
    const newest = { at: Number.POSITIVE_INFINITY, seq: Number.MAX_SAFE_INTEGER }
    const place = before === undefined ? newest : this.#place.get(before)
    if (place === undefined) return []
    const asked = { ...(peer !== undefined && { peer }), ...(operationId !== undefined && { operationId }) }
    return this.#listing(asked).all({ ...place, limit, ...asked })
  }

  #listing({ peer, operationId }: RpcQuery): Sqlite.Statement<ListArguments, string> {
    if (operationId === undefined) return peer === undefined ? this.#lists.all : this.#lists.ofPeer
    return peer === undefined ? this.#lists.ofOperation : this.#lists.ofBoth
  }
}

function listing(db: Sqlite.Database, condition: string): Sqlite.Statement<ListArguments, string> {
  return db
    .prepare<ListArguments, string>(`
      SELECT json FROM rpcs WHERE ${condition} at <= @at AND (at < @at OR seq < @seq)
      ORDER BY at DESC, seq DESC LIMIT @limit`)
    .pluck() as Sqlite.Statement<ListArguments, string>
}
