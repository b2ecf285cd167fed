import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_OPERATIONS, reduceOperations } from '../../../src/renderer/state/operations.ts'
import { MAX_RPCS, reduceRpcs } from '../../../src/renderer/state/rpcs.ts'
import {
  MAX_STORE_CHANGES,
  noStoreChanges,
  reduceStoreChanges,
} from '../../../src/renderer/state/store-changes.ts'
import type { OperationRow, RecordRow, RpcRow } from '../../../src/shared/rows.ts'
import { operationRow, rpcRow } from './sample-rows.ts'

describe('lists are bounded', () => {
  test('operations keep the newest, newest first', () => {
    const rows = Array.from({ length: MAX_OPERATIONS + 5 }, (_, index) =>
      operationRow(`o${index}`, { startedAt: index }),
    )
    const kept = reduceOperations([], { type: 'operations:changed', rows })
    expect(kept).toHaveLength(MAX_OPERATIONS)
    expect(kept[0]?.id).toBe(`o${MAX_OPERATIONS + 4}`)
  })

  test('requests keep the newest, oldest first', () => {
    const rows = Array.from({ length: MAX_RPCS + 5 }, (_, index) => rpcRow(`r${index}`))
    const kept = reduceRpcs([], { type: 'rpcs:seen', rows })
    expect(kept).toHaveLength(MAX_RPCS)
    expect(kept[0]?.id).toBe('r5')
  })

  test('changes of the stores keep the latest', () => {
    const changed = Array.from({ length: MAX_STORE_CHANGES + 5 }, (_, index) => recordRow(String(index)))
    const { records } = reduceStoreChanges(noStoreChanges, { type: 'records:changed', changed, removed: [] })
    expect(records.size).toBe(MAX_STORE_CHANGES)
    expect(records.has('4')).toBe(false)
  })
})

describe('rows replace the row of the same id', () => {
  test('an operation that ends stays in its place', () => {
    const running: OperationRow[] = [operationRow('b', { startedAt: 2 }), operationRow('a', { startedAt: 1 })]
    const ended = operationRow('a', { startedAt: 1, durationMs: 5 })
    expect(reduceOperations(running, { type: 'operations:changed', rows: [ended] })).toEqual([
      running[0],
      ended,
    ])
  })

  test('a request that is answered stays in its place', () => {
    const sent: RpcRow[] = [rpcRow('a'), rpcRow('b')]
    const answered = rpcRow('a', { durationMs: 5 })
    expect(reduceRpcs(sent, { type: 'rpcs:seen', rows: [answered] })).toEqual([answered, sent[1]])
  })

  test('requests stand in the order of their beginning, whenever they ended', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 5 })), (batches) => {
        let count = 0
        const told = batches.map((times) => times.map((at) => rpcRow(`r${count++}`, { at })))
        const rows = told.reduce<readonly RpcRow[]>(
          (before, fresh) => reduceRpcs(before, { type: 'rpcs:seen', rows: fresh }),
          [],
        )
        expect(rows).toEqual(told.flat().sort((a, b) => a.at - b.at))
      }),
    )
  })

  test('a record that is gone is told as gone', () => {
    const row = recordRow('aa')
    const there = reduceStoreChanges(noStoreChanges, { type: 'records:changed', changed: [row], removed: [] })
    const gone = reduceStoreChanges(there, { type: 'records:changed', changed: [], removed: ['aa'] })
    expect(there.records.get('aa')).toBe(row)
    expect([gone.records.has('aa'), gone.records.get('aa')]).toEqual([true, undefined])
  })
})

function recordRow(hex: string): RecordRow {
  return {
    key: { text: hex, kind: 'record', hex, target: '00' },
    namespace: 'note',
    sizeBytes: 1,
    publisher: 'p',
    isOwn: false,
    receivedAt: 0,
    expiresAt: 1,
  }
}
