import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatRfc3339Nano, parseRfc3339 } from '../../../src/dht/records/rfc3339.ts'

test('reads what it writes', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      expect(parseRfc3339(formatRfc3339Nano(date.getTime()))).toBe(BigInt(date.getTime()) * 1_000_000n)
    }),
  )
})

test('keeps nanoseconds and cuts off what is finer', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\d{1,15}$/), (digits) => {
      const expected = 1_000_000_000n * 86_400n + BigInt(digits.slice(0, 9).padEnd(9, '0'))
      expect(parseRfc3339(`1970-01-02T00:00:00.${digits}Z`)).toBe(
        expected - 1_000_000_000n * 86_400n + 86_400_000_000_000n,
      )
    }),
  )
})

test('takes an offset into account', () => {
  const utc = parseRfc3339('2030-06-01T10:00:00Z')
  expect(parseRfc3339('2030-06-01T12:30:00+02:30')).toBe(utc)
  expect(parseRfc3339('2030-06-01T04:00:00-06:00')).toBe(utc)
})

test.each([
  '',
  'tomorrow',
  '2030-06-01',
  '2030-06-01T10:00:00',
  '2030-02-30T10:00:00Z',
  '2030-13-01T10:00:00Z',
  '2030-06-01T24:00:00Z',
  '2030-06-01T10:60:00Z',
  '2030-06-01T10:00:60Z',
  '2030-06-01T10:00:00.Z',
  '2030-06-01t10:00:00z',
  ' 2030-06-01T10:00:00Z',
  '2030-06-01T10:00:00+25:00',
  '1893456000',
])('%j is no RFC 3339 time', (text) => {
  expect(parseRfc3339(text)).toBeUndefined()
})
