import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  hexGroups,
  shortenMiddle,
  shortKey,
  shortPeerId,
  tailPeerId,
  withoutPeerId,
} from '../../../src/renderer/format/ids.ts'
import {
  formatBytes,
  formatCompact,
  formatCount,
  formatPercent,
  formatRate,
} from '../../../src/renderer/format/numbers.ts'
import {
  formatAge,
  formatCountdown,
  formatDuration,
  formatMoment,
} from '../../../src/renderer/format/times.ts'

const HOUR = 3_600_000

describe('durations', () => {
  test.each([
    [0, '0 ms'],
    [0.4, '0.4 ms'],
    [9.96, '10 ms'],
    [38, '38 ms'],
    [999.6, '1.00 s'],
    [1912, '1.91 s'],
    [12_340, '12.3 s'],
    [59_960, '1 min'],
    [130_000, '2 min 10 s'],
    [23 * HOUR + 12 * 60_000, '23 h 12 min'],
    [76 * HOUR, '3 d 4 h'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text))

  test('always have a unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (ms) => {
        expect(formatDuration(ms)).toMatch(/^[\d.]+ (ms|s|min|h|d)( \d+ (s|min|h))?$/)
      }),
    )
  })

  test.each([
    [-5, 'now'],
    [999, 'now'],
    [4200, '4 s'],
    [125_000, '2 min'],
    [3 * HOUR, '3 h'],
    [47 * HOUR, '47 h'],
    [120 * HOUR, '5 d'],
  ])('%d ms ago is %s', (ms, text) => expect(formatAge(ms)).toBe(text))

  test.each([
    [48 * HOUR - 57_000, '47:59:03'],
    [810_000, '0:13:30'],
    [-1, '0:00:00'],
  ])('%d ms left is %s', (ms, text) => expect(formatCountdown(ms)).toBe(text))

  test('a moment names its zone', () =>
    expect(formatMoment(0)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.000 [+−]\d\d:\d\d$/))
})

describe('numbers', () => {
  test.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1 KiB'],
    [1485, '1.5 KiB'],
    [64 * 1024 ** 2, '64 MiB'],
    [1.9 * 1024 ** 2, '1.9 MiB'],
    [1024 ** 2 - 1, '1 MiB'],
  ])('%d bytes are %s', (size, text) => expect(formatBytes(size)).toBe(text))

  test('counts and rates', () => {
    expect([formatCount(12_345), formatCompact(3100), formatCompact(870)]).toEqual(['12,345', '3.1k', '870'])
    expect([formatRate(17.34), formatRate(412.2)]).toEqual(['17.3', '412'])
    expect([formatPercent(0.987), formatPercent(1)]).toEqual(['98.7 %', '100 %'])
  })
})

describe('ids', () => {
  const id = '12D3KooWQm5rT1wVdE8ZkHnXbYf3Jc6Lp9sAuG2hRtMvKx4o7QdK'

  test('keep the tail that tells them apart', () => {
    expect([shortPeerId(id), tailPeerId(id)]).toEqual(['12D3…4o7QdK', '…4o7QdK'])
  })

  test('short ones stay whole', () => {
    expect([shortPeerId('abc'), tailPeerId('abc'), shortenMiddle('abc', 3)]).toEqual(['abc', 'abc', 'abc'])
  })

  test('are never longer than asked', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 3, max: 40 }), (text, length) => {
        expect(shortenMiddle(text, length).length).toBeLessThanOrEqual(Math.max(length, 3))
      }),
    )
  })

  test('keys keep their namespace', () => {
    expect(shortKey('/ipns/k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8')).toMatch(
      /^\/ipns\/k51q.*…/,
    )
    expect(shortKey('/note/hello')).toBe('/note/hello')
  })

  test('hex is grouped, addresses end before the peer', () => {
    expect(hexGroups('00b70a3d6d02', 2)).toBe('00b7 0a3d')
    expect(withoutPeerId(`/ip4/127.0.0.1/tcp/1/p2p/${id}`)).toBe('/ip4/127.0.0.1/tcp/1')
  })
})
