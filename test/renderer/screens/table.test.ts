import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketsOf } from '../../../src/renderer/screens/table/bucket-data.ts'
import {
  joinHistory,
  pastRow,
  sizeCourse,
  tableAt,
  xorHex,
} from '../../../src/renderer/screens/table/past-table.ts'
import { fitsFilter } from '../../../src/renderer/screens/table/peer-filter.ts'
import { distanceShare, stripTicks } from '../../../src/renderer/screens/table/strip-ticks.ts'
import type { TableHistoryRow } from '../../../src/shared/rows.ts'
import { peerRow } from '../state/sample-rows.ts'

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'))

const changes = ['added', 'removed', 'changed', 'replacement-added', 'replacement-removed'] as const
const histories: fc.Arbitrary<TableHistoryRow[]> = fc
  .array(fc.record({ peer: fc.constantFrom('a', 'b', 'c'), change: fc.constantFrom(...changes) }), {
    maxLength: 40,
  })
  .map((rows) => rows.map((row, index) => ({ ...row, seq: index + 1, at: index * 10, key: '00', cpl: 1 })))

describe('tableAt', () => {
  test('at a moment is the history up to it, whatever comes later', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 400 }), (rows, at) => {
        const before = rows.filter((row) => row.at <= at)
        expect(tableAt(rows, at)).toEqual(tableAt(before, Number.POSITIVE_INFINITY))
      }),
    )
  })

  test('a peer that was added and removed is gone, one that waits gets its seat', () => {
    const rows = [
      row(1, 'a', 'added'),
      row(2, 'b', 'replacement-added'),
      row(3, 'a', 'removed'),
      row(4, 'b', 'replacement-removed'),
      row(5, 'b', 'added'),
    ]
    expect([...tableAt(rows, 2).values()].map(({ id, state }) => [id, state])).toEqual([
      ['a', 'live'],
      ['b', 'replacement'],
    ])
    expect([...tableAt(rows, 9).values()].map(({ id, state }) => [id, state])).toEqual([['b', 'live']])
  })

  test('a past row has its distance, and claims nothing the history does not keep', () => {
    const [peer] = tableAt([row(1, 'a', 'added', { key: 'ff00' })], 1).values()
    if (peer === undefined) throw new Error('the peer is missing')
    expect(pastRow(peer, '0f0f')).toMatchObject({
      id: 'a',
      distance: 'f00f',
      connected: false,
      addresses: [],
    })
    expect(pastRow(peer, '0f0f').rttMs).toBeUndefined()
  })
})

describe('the history’s parts', () => {
  test('are joined without doubles', () => {
    const rows = Array.from({ length: 9 }, (_, index) => row(index, 'a', 'changed'))
    fc.assert(
      fc.property(fc.nat(9), fc.nat(9), (to, from) => {
        fc.pre(from <= to)
        expect(joinHistory(rows.slice(0, to), rows.slice(from))).toEqual(rows)
      }),
    )
  })

  test('are thinned with their ends kept', () => {
    const rows = Array.from({ length: 5000 }, (_, index) => row(index, `p${index % 70}`, 'added'))
    const course = sizeCourse(rows, 100)
    expect(course.length).toBeLessThanOrEqual(100)
    expect([course[0]?.at, course.at(-1)]).toEqual([0, { at: 4999, seated: 70 }])
  })
})

describe('stripTicks', () => {
  test('draws at most one tick a pixel and loses no peer', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 60 }), fc.integer({ min: 10, max: 300 }), (distances, width) => {
        const peers = distances.map((distance, index) => peerRow(String(index), { distance }))
        const ticks = stripTicks(peers, 0, width)
        expect(ticks.length).toBeLessThanOrEqual(width)
        expect(ticks.reduce((sum, { count }) => sum + count, 0)).toBe(peers.length)
        expect(ticks.every(({ x }) => x >= 0 && x < width)).toBe(true)
      }),
    )
  })

  test('zoomed by bits it holds exactly the peers that share that many', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 40 }), fc.integer({ min: 1, max: 8 }), (distances, bits) => {
        const peers = distances.map((distance, index) => peerRow(String(index), { distance }))
        const near = distances.filter((distance) => BigInt(`0x${distance}`) < 1n << BigInt(256 - bits))
        const ticks = stripTicks(peers, bits, 10_000)
        expect(ticks.reduce((sum, { count }) => sum + count, 0)).toBe(near.length)
      }),
    )
  })

  test('is linear', () => {
    expect(distanceShare(`80${'00'.repeat(31)}`)).toBe(0.5)
    expect(distanceShare('00'.repeat(32))).toBe(0)
  })
})

describe('bucketsOf', () => {
  test('counts every peer once, in its bucket and state', () => {
    const peers = [
      peerRow('a', { cpl: 1 }),
      peerRow('b', { cpl: 12, state: 'replacement' }),
      peerRow('c', { cpl: 1, state: 'stale' }),
    ]
    const buckets = bucketsOf(peers, 20, undefined)
    expect(buckets[1]).toMatchObject({ seated: 2, live: 1, stale: 1, expected: undefined })
    expect(buckets[12]).toMatchObject({ seated: 0, replacement: 1 })
    expect(buckets.map(({ cpl }) => cpl)).toEqual(buckets.map((_, index) => index))
  })

  test('expects half of what is left in each bucket, never more than k', () => {
    const buckets = bucketsOf([], 5, 40)
    expect(buckets.slice(0, 5).map(({ expected }) => expected)).toEqual([5, 5, 5, 2.5, 1.25])
  })
})

describe('fitsFilter', () => {
  const none = { text: '', cpl: undefined, quick: undefined }

  test('needs every word, anywhere in the row', () => {
    const peer = peerRow('12D3abc', { agent: 'kubo/0.36', address: '/ip4/10.0.0.1/tcp/4001' })
    expect(fitsFilter(peer, { ...none, text: 'kubo 10.0' })).toBe(true)
    expect(fitsFilter(peer, { ...none, text: 'kubo 11.0' })).toBe(false)
    expect(fitsFilter(peer, { ...none, cpl: 3 })).toBe(false)
  })

  test('leaves replacements out unless they are asked for', () => {
    const peer = peerRow('a', { state: 'replacement' })
    expect(fitsFilter(peer, none)).toBe(false)
    expect(fitsFilter(peer, { ...none, quick: 'replacement' })).toBe(true)
  })
})

test('xorHex undoes itself', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(xorHex(xorHex(a, b), b)).toBe(a)
    }),
  )
})

function row(
  seq: number,
  peer: string,
  change: TableHistoryRow['change'],
  more: Partial<TableHistoryRow> = {},
): TableHistoryRow {
  return { seq, at: seq, peer, change, key: '00', cpl: 0, ...more }
}
