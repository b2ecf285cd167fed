import { sha256 } from '@noble/hashes/sha2.js'
import { beforeEach, describe, expect, test } from 'vitest'
import { EventHub } from '../../../src/dht/event-hub.ts'
import type { UntimedDhtEvent } from '../../../src/dht/events.ts'
import type { StoredRpc, TraceStorage } from '../../../src/main/db/storages.ts'
import { ByteBudget } from '../../../src/main/traces/byte-budget.ts'
import { type RecordedBatch, Recorder } from '../../../src/main/traces/recorder.ts'
import type { OperationRow, TableHistoryRow } from '../../../src/shared/rows.ts'
import { type TraceEvent, traceEventSchema } from '../../../src/shared/trace-event.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

const key = new TextEncoder().encode('/note/hello')
const target = sha256(key)
const timing = { dialMs: 1, negotiateMs: 2, waitMs: 3, decodeMs: 0 }
const counts = { heard: 0, asked: 2, replied: 1, failed: 1, slow: 0, stored: 0, hops: 1 }

/** Storages that keep everything in memory; writing can be made to fail, or to wait. */
class FakeStorages {
  operations = new Map<string, OperationRow>()
  events = new Map<string, TraceEvent[]>()
  rpcs = new Map<string, StoredRpc>()
  history: TableHistoryRow[] = []
  failure: Error | undefined
  writes = 0

  readonly traces = {
    putOperations: async (rows: OperationRow[]) => {
      this.#write()
      for (const row of rows) this.operations.set(row.id, row)
    },
    appendEvents: async (events: { traceId: string; index: number; event: TraceEvent }[]) => {
      this.#write()
      for (const { traceId, index, event } of events) {
        const trace = this.events.get(traceId) ?? []
        trace[index] = event
        this.events.set(traceId, trace)
      }
    },
    putRpcs: async (rows: StoredRpc[]) => {
      this.#write()
      for (const row of rows) this.rpcs.set(row.id, row)
    },
    operations: async () => [...this.operations.values()],
    operation: async (id: string) => this.operations.get(id),
    events: async (id: string) => this.events.get(id) ?? [],
    rpcs: async () => [],
    rpc: async (id: string) => this.rpcs.get(id),
    deleteOperations: async (ids: string[]) => {
      for (const id of ids) this.operations.delete(id)
    },
    prune: async () => ({ operations: 0 }),
  } satisfies TraceStorage

  readonly tableHistory = {
    append: async (rows: Omit<TableHistoryRow, 'seq'>[]) => {
      this.#write()
      this.history.push(...rows.map((row, i) => ({ ...row, seq: this.history.length + i + 1 })))
    },
    list: async ({ afterSeq = 0 }: { afterSeq?: number } = {}) => {
      return this.history.filter(({ seq }) => seq > afterSeq)
    },
  }

  #write(): void {
    this.writes++
    if (this.failure) throw this.failure
  }
}

let clock: VirtualClock
let storages: FakeStorages
let problems: string[]
let recorder: Recorder
let publish: (event: UntimedDhtEvent) => void

function makeRecorder(budget?: ByteBudget): void {
  recorder = new Recorder({
    networkId: 'test',
    run: 'run1',
    localKey: new Uint8Array(32),
    clock,
    traces: storages.traces,
    history: storages.tableHistory,
    keyOf: () => target,
    onProblem: (text) => problems.push(text),
    ...(budget !== undefined && { budget }),
  })
  const hub = new EventHub(clock)
  hub.subscribe(recorder.record)
  publish = hub.publish
}

beforeEach(() => {
  clock = new VirtualClock()
  storages = new FakeStorages()
  problems = []
  makeRecorder()
})

/** A get with one answer and one failure. */
function publishGet(operationId: number, end = true): void {
  const sent = { operationId, purpose: 'lookup', peerKey: target, messageType: 'GET_VALUE', key } as const
  const [first, second] = [operationId * 10, operationId * 10 + 1]
  const kind = 'GET_VALUE'
  publish({ type: 'operation:started', operationId, kind, key, target, k: 20, alpha: 3, beta: 3 })
  publish({ type: 'rpc:sent', rpcId: first, peer: 'QmOne', ...sent, hop: 0 })
  publish({ type: 'rpc:sent', rpcId: second, peer: 'QmTwo', ...sent, hop: 1, cause: 'QmOne' })
  const common = { operationId, messageType: 'GET_VALUE', timing, durationMs: 6 } as const
  publish({
    type: 'rpc:replied',
    rpcId: first,
    peer: 'QmOne',
    ...common,
    heard: [{ peer: 'QmTwo', key: target, isNew: true }],
    dropped: 0,
    hasRecord: true,
    providers: 0,
    late: false,
    requestBytes: Uint8Array.of(1, 2),
    replyBytes: Uint8Array.of(3, 4, 5),
  })
  publish({
    type: 'rpc:failed',
    rpcId: second,
    peer: 'QmTwo',
    ...common,
    failure: 'timeout',
    message: 'Silent.',
  })
  if (!end) return
  const ended = { reason: 'converged' as const, durationMs: 9, closest: ['QmOne'], counts, result: 'found' }
  publish({ type: 'operation:ended', operationId, ...ended })
}

describe('rows', () => {
  test('an operation is pending with running counts, then what its end says', () => {
    publishGet(1, false)
    const [running] = recorder.operationRows()
    expect(running).toMatchObject({ id: 'run1-1', kind: 'GET_VALUE', outcome: 'pending' })
    expect(running?.key.text).toBe('/note/hello')
    expect(running?.counts).toEqual({ ...counts, heard: 1 })
    publish({
      type: 'operation:ended',
      operationId: 1,
      reason: 'converged',
      durationMs: 9,
      closest: [],
      counts,
      result: 'found',
    })
    expect(recorder.operationRows()).toEqual([
      { ...running, counts, reason: 'converged', durationMs: 9, outcome: 'ok', result: 'found' },
    ])
  })

  test('each request is one row, made when it ends, newest first', () => {
    publishGet(1)
    expect(recorder.rpcRows().map(({ id, outcome, reason }) => [id, outcome, reason])).toEqual([
      ['run1-r11', 'timeout', 'Silent.'],
      ['run1-r10', 'ok', undefined],
    ])
    expect(recorder.rpcRows()[1]).toMatchObject({
      operationId: 'run1-1',
      direction: 'out',
      key: '2f6e6f74652f68656c6c6f',
      requestSizeBytes: 2,
      replySizeBytes: 3,
    })
  })

  test('newest operations come first, at most two hundred that ended', () => {
    for (let id = 1; id <= 250; id++) publishGet(id)
    const ids = recorder.operationRows().map(({ id }) => id)
    expect(ids).toHaveLength(200)
    expect(ids[0]).toBe('run1-250')
  })
})

describe('what is stored', () => {
  test('a trace has its events in order, each once, with the messages of its requests', async () => {
    publishGet(1)
    publishGet(2)
    const events = await recorder.events('run1-1')
    const types = [
      'operation:started',
      'rpc:sent',
      'rpc:sent',
      'rpc:replied',
      'rpc:failed',
      'operation:ended',
    ]
    expect(events.map(({ type }) => type)).toEqual(types)
    expect(events[3]).toMatchObject({ request: '0102', reply: '030405', requestSizeBytes: 2 })
    for (const event of events) expect(traceEventSchema.parse(event)).toEqual(event)
  })

  test('taking in an event writes nothing: that happens by timer, in one batch', async () => {
    for (let id = 1; id <= 20; id++) publishGet(id)
    expect(storages.writes).toBe(0)
    await clock.advance(1_000)
    expect(storages.writes).toBe(3)
    expect(storages.operations.size).toBe(20)
  })

  test('changes of the table are numbered, and told to who watches', async () => {
    const told: TableHistoryRow[] = []
    recorder.subscribe({ recorded: () => {}, historyWritten: (rows) => told.push(...rows) })
    const peer = { peer: 'QmOne', key: target, cpl: 3 }
    publish({ type: 'table:added', ...peer, addrs: [], state: 'live', reason: 'lookup' })
    publish({ type: 'table:removed', ...peer, reason: 'two-strikes' })
    await recorder.flush()
    publish({ type: 'table:replacement', peer: 'QmTwo', cpl: 3, change: 'added' })
    await recorder.flush()
    expect(told.map(({ seq, change, reason }) => [seq, change, reason])).toEqual([
      [1, 'added', 'lookup'],
      [2, 'removed', 'two-strikes'],
      [3, 'replacement-added', undefined],
    ])
  })

  test('stopping ends what runs, as cancelled, and writes everything', async () => {
    publishGet(1, false)
    await recorder.stop()
    expect(storages.operations.get('run1-1')).toMatchObject({ outcome: 'cancelled', reason: 'cancelled' })
    expect(storages.rpcs.size).toBe(2)
    expect(clock.pendingTimers).toBe(0)
  })

  test('a database that fails is told of once, and the recorder goes on', async () => {
    storages.failure = new Error('The disk is full.')
    for (let id = 1; id <= 3; id++) {
      publishGet(id)
      await recorder.flush()
    }
    expect(problems).toEqual(['Traces cannot be kept: The disk is full. The node goes on without.'])
    storages.failure = undefined
    publishGet(4)
    await recorder.flush()
    expect([...storages.operations.keys()]).toEqual(['run1-4'])
    expect(recorder.operationRows()).toHaveLength(4)
  })

  test('beyond the byte budget rows are kept without their messages', async () => {
    makeRecorder(new ByteBudget({ bytesPerSecond: 1, reserveBytes: 6 }))
    for (let id = 1; id <= 3; id++) publishGet(id)
    await recorder.flush()
    const kept = [...storages.rpcs.values()].filter(({ request }) => request !== undefined)
    expect(storages.rpcs.size).toBe(6)
    expect(kept).toHaveLength(1)
  })
})

describe('who watches', () => {
  test('hears of each row once a batch, and of a trace where it grew', () => {
    const batches: RecordedBatch[] = []
    const unsubscribe = recorder.subscribe({
      recorded: (batch) => batches.push(batch),
      historyWritten: () => {},
    })
    publishGet(1, false)
    recorder.drain()
    publishGet(2)
    recorder.drain()
    unsubscribe()
    publishGet(3)
    recorder.drain()
    expect(batches.map(({ operations }) => operations.map(({ id }) => id))).toEqual([['run1-1'], ['run1-2']])
    expect(batches[0]?.grown.get('run1-1')).toMatchObject({ fromIndex: 0 })
    expect(batches[1]?.grown.get('run1-2')?.events).toHaveLength(6)
  })

  test('hears how many were left out when there are too many; operations never are', () => {
    const batches: RecordedBatch[] = []
    recorder.subscribe({ recorded: (batch) => batches.push(batch), historyWritten: () => {} })
    const inbound = {
      type: 'rpc:inbound',
      peer: 'QmOne',
      peerKey: target,
      messageType: 'PING',
      outcome: 'ok',
      durationMs: 1,
      requestSizeBytes: 2,
      replySizeBytes: 2,
    } as const
    for (let rpcId = 1; rpcId <= 25_000; rpcId++) publish({ ...inbound, rpcId })
    publishGet(7)
    recorder.drain()
    const [batch] = batches
    expect((batch?.rpcs.length ?? 0) + (batch?.dropped ?? 0)).toBeGreaterThanOrEqual(25_000)
    expect(batch?.dropped).toBeGreaterThan(0)
    expect(batch?.operations).toMatchObject([{ id: 'run1-7', outcome: 'ok' }])
  })
})
