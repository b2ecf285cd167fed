import { describe, expect, test } from 'vitest'
import { nextIndex } from '../../../src/renderer/components/list-keys.ts'
import { byteChar, bytesOf, lineAt, treeLines } from '../../../src/renderer/components/wire-tree.ts'
import {
  customNetwork,
  customNetworkErrors,
  emptyCustomNetwork,
} from '../../../src/renderer/shell/custom-network.ts'
import { walkMessage } from '../../../src/shared/wire-walker.ts'

describe('nextIndex', () => {
  test.each([
    ['ArrowDown', -1, 0],
    ['ArrowDown', 9, 9],
    ['ArrowUp', 0, 0],
    ['ArrowUp', -1, 9],
    ['PageDown', 2, 7],
    ['PageUp', 2, 0],
    ['Home', 5, 0],
    ['End', 5, 9],
    ['a', 5, undefined],
  ])('%s from %d leads to %s of ten', (key, from, to) => expect(nextIndex(key, from, 10, 5)).toBe(to))

  test('leads nowhere in an empty list', () => expect(nextIndex('End', -1, 0, 5)).toBeUndefined())
})

describe('the decoded tree', () => {
  // FIND_NODE for the key `ab`, with one closer peer of id `x`.
  const root = walkMessage(bytesOf('0804' + '12026162' + '42030a0178'))

  test('shows fields in order, lists of peers closed', () => {
    expect(treeLines(root, new Set()).map(({ node, depth }) => [node.name, depth])).toEqual([
      ['type', 0],
      ['key', 0],
      ['closerPeers[0]', 0],
    ])
  })

  test('opens what is toggled, and finds the innermost line of a byte', () => {
    const closed = treeLines(root, new Set())
    const open = treeLines(root, new Set([closed[2]?.id ?? '']))
    expect(open.map(({ node }) => node.name)).toEqual(['type', 'key', 'closerPeers[0]', 'id'])
    expect(lineAt(open, 8)?.node.name).toBe('id')
    expect(lineAt(closed, 8)?.node.name).toBe('closerPeers[0]')
    expect(lineAt(open, 99)).toBeUndefined()
  })

  test('bytes read as text where they are', () =>
    expect([byteChar(0x61), byteChar(0), byteChar(0xff)]).toEqual(['a', '·', '·']))
})

describe('a custom network', () => {
  const good = { ...emptyCustomNetwork, name: 'Ours' }

  test('is sent with its lists read line by line', () => {
    const text = { ...good, bootstrap: ' /ip4/10.0.0.1/tcp/1/p2p/x \n\n', swarmKey: '  ' }
    expect(customNetwork(text)).toMatchObject({ bootstrap: ['/ip4/10.0.0.1/tcp/1/p2p/x'], k: 20 })
    expect(customNetwork(text)).not.toHaveProperty('swarmKey')
    expect(customNetworkErrors(text)).toEqual({})
  })

  test('is told field by field what is wrong', () => {
    const text = { ...good, name: ' ', protocol: 'kad', k: 0, bootstrap: '/ip4/10.0.0.1/tcp/1', listen: '' }
    expect(Object.keys(customNetworkErrors(text)).sort()).toEqual([
      'bootstrap',
      'k',
      'listen',
      'name',
      'protocol',
    ])
  })
})
