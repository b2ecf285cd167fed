import { describe, expect, test } from 'vitest'
import { fitsRpcFilter } from '../../../src/renderer/screens/rpc-log/rpc-filter.ts'
import { rpcRow } from '../state/sample-rows.ts'

describe('fitsRpcFilter', () => {
  const row = rpcRow('r', { peer: '12D3abc', key: '2f6e', outcome: 'timeout', reason: 'Silent for 5 s' })

  test('lets everything through when empty', () => expect(fitsRpcFilter(row, {})).toBe(true))

  test('needs every part', () => {
    expect(fitsRpcFilter(row, { direction: 'out', type: 'FIND_NODE', outcome: 'timeout', peer: 'abc' })).toBe(
      true,
    )
    expect(fitsRpcFilter(row, { direction: 'in' })).toBe(false)
    expect(fitsRpcFilter(row, { text: 'silent' })).toBe(true)
    expect(fitsRpcFilter(row, { text: '2f6f' })).toBe(false)
  })
})
