import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import type { StoredRpc } from '../../../src/main/db/storages.ts'
import type { OperationRow } from '../../../src/shared/rows.ts'
import type { OperationKind, TraceEvent } from '../../../src/shared/trace-event.ts'
import { closeAll, openTemporary, temporaryFolder } from './temporary-database.ts'

afterEach(closeAll)

const START = Date.UTC(2025, 0, 1)
const counts = { heard: 0, asked: 0, replied: 0, failed: 0, slow: 0, stored: 0, hops: 0 }

function operation(number: number, more: Partial<OperationRow> = {}): OperationRow {
  return {
    id: `run-${number}`,
    networkId: 'sandbox',
    kind: 'FIND_PEER',
    key: { text: `/note/${number}`, kind: 'record', hex: '2f', target: 'ab' },
    startedAt: START + number,
    durationMs: 5,
    outcome: 'ok',
    result: `found ${number} peers`,
    counts,
    ...more,
  }
}

function rpc(number: number, more: Partial<StoredRpc> = {}): StoredRpc {
  return {
    id: `run-${number}`,
    direction: 'out',
    at: START + number,
    type: 'FIND_NODE',
    peer: `peer ${number % 3}`,
    cpl: 4,
    outcome: 'ok',
    requestSizeBytes: 40,
    replySizeBytes: 400,
    ...more,
  }
}

const phase = (at: number): TraceEvent => ({
  type: 'lookup:phase',
  at: START + at,
  monotonicMs: at,
  operationId: 1,
  phase: 'search',
})

const ids = (rows: { id: string }[]) => rows.map(({ id }) => id)
const runIds = (...numbers: number[]) => numbers.map((number) => `run-${number}`)

test('operations come newest first, page by page, each once', async () => {
  const { traces } = await openTemporary()
  const starts = fc.array(fc.nat(5), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(starts, fc.integer({ min: 1, max: 7 }), async (offsets, limit) => {
      await traces.deleteOperations(ids(await traces.operations({ limit: 1000 })))
      const rows = offsets.map((offset, number) => operation(number, { startedAt: START + offset }))
      await traces.putOperations(rows)
      const listed: OperationRow[] = []
      for (;;) {
        const last = listed.at(-1)
        const page = await traces.operations({ limit, ...(last !== undefined && { before: last }) })
        if (page.length === 0) break
        listed.push(...page)
      }
      const newestFirst = (a: OperationRow, b: OperationRow) =>
        b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)
      expect(listed).toEqual(rows.toSorted(newestFirst))
    }),
    { numRuns: 30 },
  )
})

test('an operation put again replaces the one before', async () => {
  const { traces } = await openTemporary()
  const { durationMs: _, ...running } = operation(1, { outcome: 'pending' })
  await traces.putOperations([running])
  await traces.putOperations([operation(1)])
  expect(await traces.operations()).toEqual([operation(1)])
  expect(await traces.operation('run-1')).toEqual(operation(1))
  expect(await traces.operation('run-2')).toBeUndefined()
})

test('operations are found by kind, and by part of their key, id or result in any case', async () => {
  const { traces } = await openTemporary()
  const kinds: OperationKind[] = ['FIND_PEER', 'PROVIDE', 'GET_VALUE']
  await traces.putOperations(kinds.map((kind, number) => operation(number, { kind })))
  expect(ids(await traces.operations({ kinds: ['PROVIDE', 'GET_VALUE'] }))).toEqual(runIds(2, 1))
  expect(ids(await traces.operations({ text: '/NOTE/1' }))).toEqual(runIds(1))
  expect(ids(await traces.operations({ text: 'Found 2' }))).toEqual(runIds(2))
  expect(ids(await traces.operations({ text: '100% _' }))).toEqual([])
})

test('events come back by index, however they were divided, and one appended again replaces the first', async () => {
  const { traces } = await openTemporary()
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 })
  let trace = 0
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(12), async (parts, from) => {
      const traceId = `run-${++trace}`
      let index = 0
      for (const size of parts) {
        const events = Array.from({ length: size }, () => ({ traceId, index, event: phase(index++) }))
        const other = { traceId: 'other', index: 0, event: phase(99) }
        await traces.appendEvents([...events.slice(0, 2), other, ...events.slice(2)])
      }
      await traces.appendEvents([{ traceId, index: 0, event: phase(1000) }])
      const all = [phase(1000), ...Array.from({ length: index - 1 }, (_, i) => phase(i + 1))]
      expect(await traces.events(traceId)).toEqual(all)
      expect(await traces.events(traceId, from)).toEqual(all.slice(from))
    }),
    { numRuns: 30 },
  )
  expect(await traces.events('unknown')).toEqual([])
})

test('RPCs come newest first, page by page, by peer and by operation, and without their bytes', async () => {
  const { traces } = await openTemporary()
  const bytes = { request: Uint8Array.of(8, 4), reply: new Uint8Array(500).fill(1) }
  const rows = [0, 1, 2, 3, 4, 5].map((number) => rpc(number, { at: START + (number >> 1) }))
  await traces.putRpcs(rows)
  await traces.putRpcs([rpc(4, { ...bytes, operationId: 'run-1', at: START + 2 })])
  expect(ids(await traces.rpcs())).toEqual(runIds(5, 4, 3, 2, 1, 0))
  expect(ids(await traces.rpcs({ limit: 2 }))).toEqual(runIds(5, 4))
  expect(ids(await traces.rpcs({ limit: 3, before: 'run-4' }))).toEqual(runIds(3, 2, 1))
  expect(await traces.rpcs({ before: 'unknown' })).toEqual([])
  expect(ids(await traces.rpcs({ peer: 'peer 1' }))).toEqual(runIds(4, 1))
  expect(ids(await traces.rpcs({ operationId: 'run-1' }))).toEqual(runIds(4))
  expect(await traces.rpcs({ operationId: 'run-1', peer: 'peer 2' })).toEqual([])
  expect((await traces.rpcs({ operationId: 'run-1' }))[0]).not.toHaveProperty('reply')
  expect(await traces.rpc('run-4')).toMatchObject(bytes)
  expect(await traces.rpc('run-5')).toEqual(rows[5])
})

test('an operation deleted takes its events and RPCs along', async () => {
  const { traces } = await openTemporary()
  await traces.putOperations([operation(1), operation(2)])
  await traces.appendEvents([{ traceId: 'run-1', index: 0, event: phase(0) }])
  await traces.putRpcs([rpc(7, { operationId: 'run-1' }), rpc(8, { operationId: 'run-2' })])
  await traces.deleteOperations(['run-1', 'unknown'])
  expect(ids(await traces.operations())).toEqual(runIds(2))
  expect(await traces.events('run-1')).toEqual([])
  expect(ids(await traces.rpcs())).toEqual(runIds(8))
})

const unlimited = { maxOperations: 1e9, maxAgeMs: 1e15, maxSizeBytes: 1e15, now: START + 1000 }

test('pruning by count leaves the newest, and what still runs', async () => {
  const { traces } = await openTemporary()
  const { durationMs: _, ...running } = operation(0)
  await traces.putOperations([running, ...Array.from({ length: 99 }, (_, i) => operation(i + 1))])
  expect(await traces.prune({ ...unlimited, maxOperations: 10 })).toEqual({ operations: 90 })
  expect(ids(await traces.operations())).toEqual(runIds(99, 98, 97, 96, 95, 94, 93, 92, 91, 0))
  expect(await traces.prune({ ...unlimited, maxOperations: 10 })).toEqual({ operations: 0 })
})

test('pruning by age takes operations, RPCs and table history', async () => {
  const { traces, tableHistory } = await openTemporary()
  await traces.putOperations([operation(100), operation(900)])
  await traces.putRpcs([rpc(101), rpc(901)])
  const change = { change: 'added' as const, peer: 'p', key: '00', cpl: 1 }
  await tableHistory.append([
    { ...change, at: START + 102 },
    { ...change, at: START + 902 },
  ])
  expect(await traces.prune({ ...unlimited, maxAgeMs: 500 })).toEqual({ operations: 1 })
  expect(ids(await traces.operations())).toEqual(runIds(900))
  expect(ids(await traces.rpcs())).toEqual(runIds(901))
  expect((await tableHistory.list()).map(({ at }) => at)).toEqual([START + 902])
})

test('pruning by size takes the oldest of all until the file is small enough', async () => {
  const { traces } = await openTemporary()
  const reply = new Uint8Array(10_000)
  const numbers = Array.from({ length: 1000 }, (_, i) => i)
  await traces.putOperations(numbers.slice(0, 100).map((number) => operation(number * 10)))
  await traces.putRpcs(
    numbers.map((number) => rpc(number, { reply, operationId: `run-${number - (number % 10)}` })),
  )
  await traces.prune({ ...unlimited, maxSizeBytes: 5_000_000 })
  const left = await traces.rpcs({ limit: 1000 })
  expect(left.length).toBeGreaterThan(200)
  expect(left.length).toBeLessThan(500)
  expect(ids(left)).toEqual(runIds(...numbers.slice(-left.length).reverse()))
  const oldest = (await traces.operations({ limit: 1000 })).at(-1)
  expect(left.at(-1)?.operationId).toBe(oldest?.id)
})

test('what a run that ended without notice left open has failed when its last event happened', async () => {
  const dir = temporaryFolder()
  const first = await openTemporary({ dir })
  const { durationMs: _, ...running } = operation(1, { outcome: 'pending' })
  await first.traces.putOperations([running, operation(2)])
  await first.traces.appendEvents([
    { traceId: 'run-1', index: 0, event: phase(3) },
    { traceId: 'run-1', index: 1, event: phase(41) },
    { traceId: 'never written', index: 0, event: phase(5) },
  ])
  await first.traces.putRpcs([
    rpc(7, { operationId: 'run-1', outcome: 'pending' }),
    rpc(8, { operationId: 'run-1' }),
  ])
  await first.close()

  const { traces } = await openTemporary({ dir })
  expect(await traces.operation('run-1')).toMatchObject({
    durationMs: 40,
    reason: 'failed',
    outcome: 'cancelled',
    error: { code: 'ERR_BACKEND_STOPPED', message: 'The backend stopped while this ran.' },
  })
  expect(await traces.operation('run-2')).toEqual(operation(2))
  expect(await traces.rpc('run-7')).toMatchObject({
    outcome: 'cancelled',
    reason: expect.stringContaining('backend stopped'),
  })
  expect(await traces.rpc('run-8')).toMatchObject({ outcome: 'ok' })
  expect(await traces.events('run-1')).toHaveLength(2)
  expect(await traces.events('never written')).toEqual([])
})

test('table history is numbered in the order it came, and listed by number and time', async () => {
  const { tableHistory } = await openTemporary()
  const change = (at: number) => ({
    at,
    change: 'added' as const,
    peer: `p${at}`,
    key: '00',
    cpl: 1,
    state: 'live' as const,
  })
  await tableHistory.append([change(10), change(20)])
  await tableHistory.append([change(15), change(40)])
  const seqs = async (query: Parameters<typeof tableHistory.list>[0]) =>
    (await tableHistory.list(query)).map(({ seq }) => seq)
  expect(await tableHistory.list({ limit: 1 })).toEqual([{ ...change(10), seq: 1 }])
  expect(await seqs({})).toEqual([1, 2, 3, 4])
  expect(await seqs({ from: 15, to: 20 })).toEqual([2, 3])
  expect(await seqs({ afterSeq: 1, limit: 2 })).toEqual([2, 3])
})
