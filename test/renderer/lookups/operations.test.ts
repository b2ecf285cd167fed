import { describe, expect, test } from 'vitest'
import { cliCommand } from '../../../src/renderer/screens/lookups/cli-command.ts'
import { lookupHref, rpcRowId } from '../../../src/renderer/screens/lookups/lookup-routes.ts'
import { joinOperations, matchesFilter } from '../../../src/renderer/screens/lookups/operation-filter.ts'
import { repeatInput } from '../../../src/renderer/screens/lookups/repeat-operation.ts'
import { clampWindow, percentIn, roundTicks } from '../../../src/renderer/screens/lookups/time-scale.ts'
import { operationInputSchema } from '../../../src/shared/contract.ts'
import type { OperationRow } from '../../../src/shared/rows.ts'
import { operationKinds } from '../../../src/shared/trace-event.ts'

const row: OperationRow = {
  id: 'x1-2',
  networkId: 'sandbox',
  kind: 'GET_VALUE',
  key: { text: '/note/hello', kind: 'record', hex: '00', target: '00' },
  startedAt: 1000,
  outcome: 'ok',
  result: 'found, held by 5 of 6',
  counts: { heard: 0, asked: 0, replied: 0, failed: 0, slow: 0, stored: 0, hops: 0 },
}

describe('the list of operations', () => {
  test('is narrowed by key, result and kind, whatever the case', () => {
    expect(matchesFilter(row, { text: 'NOTE', group: 'all' })).toBe(true)
    expect(matchesFilter(row, { text: 'held by 5', group: 'reads' })).toBe(true)
    expect(matchesFilter(row, { text: 'get value', group: 'all' })).toBe(true)
    expect(matchesFilter(row, { text: '', group: 'writes' })).toBe(false)
    expect(matchesFilter(row, { text: 'other', group: 'all' })).toBe(false)
  })

  test('holds each once, newest first, the row of the feed instead of an older one', () => {
    const older = { ...row, id: 'x1-1', startedAt: 500 }
    const live = { ...row, result: 'running' }
    expect(joinOperations([live], [row, older])).toEqual([live, older])
  })
})

describe('an operation again', () => {
  test('is an input the contract takes, or nothing for writes and upkeep', () => {
    for (const kind of operationKinds) {
      const input = repeatInput({ ...row, kind })
      const isRead = ['FIND_PEER', 'CLOSEST_PEERS', 'GET_VALUE', 'FIND_PROVIDERS'].includes(kind)
      expect(input !== undefined).toBe(isRead)
      if (input !== undefined) expect(operationInputSchema.safeParse(input).success).toBe(true)
    }
  })

  test('as a command line names key and network, quoted where a shell would read them', () => {
    expect(cliCommand(row)).toBe('kadscope get /note/hello --network sandbox')
    const key = { ...row.key, text: "/note/it's $HOME" }
    expect(cliCommand({ ...row, key })).toBe(String.raw`kadscope get '/note/it'\''s $HOME' --network sandbox`)
    expect(cliCommand({ ...row, kind: 'REFRESH' })).toBeUndefined()
  })
})

test('a request of a trace is found under the run of the trace', () => {
  expect(rpcRowId('xlhjxu4-3', 17)).toBe('xlhjxu4-r17')
  expect(lookupHref('x1-2', 17)).toBe('/lookups/x1-2?rpc=17')
})

describe('a time axis', () => {
  test('has round ticks within its ends', () => {
    expect(roundTicks(0, 694, 7)).toEqual([0, 100, 200, 300, 400, 500, 600])
    expect(roundTicks(12, 13, 4)).toEqual([12, 12.5, 13])
    expect(roundTicks(5, 5, 4)).toEqual([])
  })

  test('shows a window that stays within the operation and keeps a width', () => {
    expect(clampWindow({ fromMs: -50, toMs: 900 }, 600)).toEqual({ fromMs: 0, toMs: 600 })
    expect(clampWindow({ fromMs: 300, toMs: 200 }, 600)).toEqual({ fromMs: 300, toMs: 306 })
    expect(percentIn({ fromMs: 100, toMs: 300 }, 150)).toBe(25)
  })
})
