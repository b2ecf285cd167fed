import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareDistance, keyFromBytes } from '../../../src/dht/key.ts'
import { FarthestFirst } from '../../../src/dht/stores/farthest-first.ts'

const localKey = keyFromBytes(Uint8Array.of(42))
const keyOf = (id: string) => keyFromBytes(new TextEncoder().encode(id))

test('names the same farthest key as a sort does, whatever was added and removed before', () => {
  const step = fc.record({ id: fc.nat(40).map(String), isRemoval: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const set = new FarthestFirst(localKey)
      const model = new Set<string>()
      for (const { id, isRemoval } of steps) {
        if (isRemoval) set.remove(id)
        else set.add(id, keyOf(id))
        if (isRemoval) model.delete(id)
        else model.add(id)
        const sorted = [...model].sort((a, b) => compareDistance(keyOf(b), keyOf(a), localKey))
        expect(set.farthest()).toBe(sorted[0])
        expect(set.size).toBe(model.size)
      }
    }),
  )
})

test('hasFartherThan compares with the farthest', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1000), { minLength: 2, maxLength: 20 }), ([probe = 0, ...others]) => {
      const set = new FarthestFirst(localKey)
      for (const id of others) set.add(String(id), keyOf(String(id)))
      const expected = others.some(
        (id) => compareDistance(keyOf(String(id)), keyOf(String(probe)), localKey) > 0,
      )
      expect(set.hasFartherThan(keyOf(String(probe)))).toBe(expected)
    }),
  )
})
