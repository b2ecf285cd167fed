import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../src/sim/seeded-random.ts'

describe('SeededRandom', () => {
  test('the same seed gives the same numbers, another seed others', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.string()), (seed) => {
        const draw = (s: number | string) =>
          Array.from({ length: 8 }, () => new SeededRandom(s).fork('a').uint32())
        expect(draw(seed)).toEqual(draw(seed))
        expect(draw(seed)).not.toEqual(draw(`${seed}!`))
      }),
    )
  })

  test('gives fixed numbers for a fixed seed on every machine', () => {
    const random = new SeededRandom(42)
    expect([random.uint32(), random.uint32(), random.uint32()]).toMatchInlineSnapshot(`
      [
        3825871779,
        1851418855,
        1383259262,
      ]
    `)
  })

  test('is even: mean and every byte value', () => {
    const random = new SeededRandom('even')
    const counts = new Uint32Array(256)
    for (const byte of random.bytes(256_000)) counts[byte] = (counts[byte] ?? 0) + 1
    expect(Math.min(...counts)).toBeGreaterThan(850)
    expect(Math.max(...counts)).toBeLessThan(1150)
    const mean = Array.from({ length: 10_000 }, () => random.next()).reduce((a, b) => a + b) / 10_000
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02)
  })

  test('shuffle keeps every item once and leaves its input alone', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer()), (seed, items) => {
        const before = [...items]
        const shuffled = new SeededRandom(seed).shuffle(items)
        expect(items).toEqual(before)
        expect([...shuffled].sort()).toEqual([...items].sort())
      }),
    )
  })
})
