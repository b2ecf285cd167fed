import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FlatSet } from '../../../src/dht/routing-table/flat-set.ts'

describe('FlatSet', () => {
  test('counts and finds what a list would, whatever comes and goes and however hashes collide', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.nat(40)), { maxLength: 300, size: 'max' }),
        fc.integer({ min: 1, max: 50 }),
        (steps, hashes) => {
          const hashOf = (item: number) => item % hashes
          const set = new FlatSet(hashOf)
          const list: number[] = []
          for (const [isAdded, item] of steps) {
            if (isAdded) list.push(item)
            else if (list.includes(item)) list.splice(list.indexOf(item), 1)
            if (isAdded) set.add(item)
            else set.delete(item)
          }
          expect(set.size).toBe(list.length)
          for (let item = 0; item <= 40; item++) {
            expect(set.count(item)).toBe(list.filter((other) => other === item).length)
            const found = set.find(hashOf(item), (other) => other === item)
            expect(found).toBe(list.includes(item) ? item : undefined)
          }
        },
      ),
    )
  })

  test('holds thousands', () => {
    const set = new FlatSet<number>((item) => item)
    for (let item = 0; item < 5000; item++) set.add(item * 2 ** 20)
    for (let item = 0; item < 5000; item += 2) set.delete(item * 2 ** 20)
    expect(set.size).toBe(2500)
    for (let item = 0; item < 5000; item++) expect(set.count(item * 2 ** 20)).toBe(item % 2)
  })
})
