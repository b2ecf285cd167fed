import type { OperationRow, RpcRow } from '../../shared/rows.ts'
import type { TraceEvent } from '../../shared/trace-event.ts'
import type { DbClient } from './db-client.ts'
import type { PackedOperation, PackedRpc } from './db-protocol.ts'
import { eventRuns, eventsOfRuns } from './event-runs.ts'
import type {
  IndexedTraceEvent,
  OperationQuery,
  RpcQuery,
  StoredRpc,
  TraceLimits,
  TraceStorage,
} from './storages.ts'

/** Traces in traces.db. Rows become JSON here, once, so that they cross to the worker as text. */
export class SqliteTraceStorage implements TraceStorage {
  readonly #client: DbClient

  constructor(client: DbClient) {
    this.#client = client
  }

  putOperations(rows: OperationRow[]): Promise<void> {
    return this.#client.call('traces', 'putOperations', rows.map(packedOperation))
  }

  appendEvents(events: IndexedTraceEvent[]): Promise<void> {
    return this.#client.call('traces', 'appendEvents', eventRuns(events))
  }

  putRpcs(rows: StoredRpc[]): Promise<void> {
    return this.#client.call('traces', 'putRpcs', rows.map(packedRpc))
  }

  async operations(query: OperationQuery = {}): Promise<OperationRow[]> {
    const rows = await this.#client.call('traces', 'listOperations', query)
    return rows.map((json) => JSON.parse(json) as OperationRow)
  }

  async operation(id: string): Promise<OperationRow | undefined> {
    const json = await this.#client.call('traces', 'getOperation', id)
    return json === undefined ? undefined : (JSON.parse(json) as OperationRow)
  }

  async events(traceId: string, fromIndex = 0): Promise<TraceEvent[]> {
    return eventsOfRuns(await this.#client.call('traces', 'listEvents', { traceId, fromIndex }), fromIndex)
  }

  async rpcs(query: RpcQuery = {}): Promise<RpcRow[]> {
    const rows = await this.#client.call('traces', 'listRpcs', query)
    return rows.map((json) => JSON.parse(json) as RpcRow)
  }

  async rpc(id: string): Promise<StoredRpc | undefined> {
    const row = await this.#client.call('traces', 'getRpc', id)
    if (row === undefined) return undefined
    const { json, ...bytes } = row
    return { ...(JSON.parse(json) as RpcRow), ...bytes }
  }

  deleteOperations(ids: string[]): Promise<void> {
    return this.#client.call('traces', 'deleteOperations', ids)
  }

  async prune(limits: TraceLimits): Promise<{ operations: number }> {
    let operations = 0
    for (;;) {
      const step = await this.#client.call('traces', 'prune', limits)
      operations += step.operations
      if (step.isDone) return { operations }
    }
  }
}

function packedOperation(row: OperationRow): PackedOperation {
  const { id, startedAt, kind, key, result } = row
  const search = [id, kind, key.text, key.hex, result].join('\n').toLowerCase()
  return { id, startedAt, kind, isOpen: row.durationMs === undefined, search, json: JSON.stringify(row) }
}

function packedRpc({ request, reply, ...row }: StoredRpc): PackedRpc {
  const { id, at, peer, operationId } = row
  return {
    id,
    at,
    peer,
    ...(operationId !== undefined && { operationId }),
    json: JSON.stringify(row),
    ...(request !== undefined && { request: new Uint8Array(request) }),
    ...(reply !== undefined && { reply: new Uint8Array(reply) }),
  }
}
