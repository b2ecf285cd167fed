import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RowOrder, sortRows } from '../../../src/renderer/components/sort-rows.ts'

interface Row {
  value: number | undefined
}

const rows = fc.array(
  fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }).map((value): Row => ({ value })),
)
const value = (row: Row) => row.value
const orders: readonly RowOrder<Row>[] = [
  { value, isDescending: false },
  { value, isDescending: true },
]

describe.each(orders)('sortRows, descending: $isDescending', (order) => {
  test('holds the same rows in order, undefined last, equal ones as given', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const { sorted } = sortRows(given, order)
        expect(new Set(sorted)).toEqual(new Set(given))
        const far = order.isDescending ? -1 : 10
        const expected = given.toSorted((a, b) => {
          const difference = (a.value ?? far) - (b.value ?? far)
          return order.isDescending ? -difference : difference
        })
        expect(sorted).toEqual(expected)
      }),
    )
  })

  test('what it knows from before changes nothing but the order of equal rows', () => {
    fc.assert(
      fc.property(rows, rows, fc.nat(10), (old, fresh, gone) => {
        const before = sortRows(old, order)
        const now = [...fresh, ...old.slice(gone)]
        const { sorted } = sortRows(now, order, before)
        expect(new Set(sorted)).toEqual(new Set(now))
        expect(sorted.map(value)).toEqual(sortRows(now, order).sorted.map(value))
      }),
    )
  })
})
