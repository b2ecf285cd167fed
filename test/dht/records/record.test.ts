import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  encodeStampedRecord,
  isSameRecord,
  makeRecord,
  readTimeReceived,
} from '../../../src/dht/records/record.ts'
import { decodeRecord } from '../../../src/dht/wire/codec.ts'
import { records } from '../wire/arbitraries.ts'

const bytes = fc.uint8Array({ maxLength: 20 })
const dates = fc
  .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.getTime())

test('a record is stamped with the time given, and survives the wire', () => {
  fc.assert(
    fc.property(bytes, bytes, dates, (key, value, at) => {
      const record = makeRecord(key, value, at)
      expect(readTimeReceived(record)).toBe(at)
      expect(decodeRecord(encodeStampedRecord(key, value, at))).toEqual(record)
    }),
  )
})

test.each([
  ['2026-11-24T10:00:00.123456789Z', Date.parse('2026-11-24T10:00:00.123Z')],
  ['1700000000.25', 1_700_000_000_250],
  ['', undefined],
  ['yesterday', undefined],
])('timeReceived %j is read as %s', (timeReceived, expected) => {
  expect(readTimeReceived({ timeReceived })).toBe(expected)
})

test('records are the same when key and value are', () => {
  fc.assert(
    fc.property(records, records, (a, b) => {
      expect(isSameRecord(a, { ...b, key: a.key, value: a.value })).toBe(true)
      expect(isSameRecord(a, { ...a, value: Uint8Array.from([...a.value, 1]) })).toBe(false)
      expect(isSameRecord(a, { ...a, key: Uint8Array.from([...a.key, 1]) })).toBe(false)
    }),
  )
})
