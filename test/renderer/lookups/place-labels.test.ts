import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeLabels } from '../../../src/renderer/screens/lookups/place-labels.ts'

const WIDTH = 300
const marks = fc.array(
  fc.record({
    label: fc.constantFrom('first value', 'follow-up', 'store'),
    x: fc.integer({ min: 0, max: WIDTH }),
  }),
  { maxLength: 4 },
)

describe('placeLabels', () => {
  test('no word leaves the line or meets another', () => {
    fc.assert(
      fc.property(marks, (given) => {
        const spans = placeLabels(given, WIDTH).flatMap(({ label, x, side }) => {
          if (side === undefined) return []
          const length = label.length * 7
          return [side === 'left' ? { from: x - length, to: x } : { from: x, to: x + length }]
        })
        for (const { from, to } of spans) expect([from >= 0, to <= WIDTH]).toEqual([true, true])
        spans.sort((a, b) => a.from - b.from)
        for (const [index, { from }] of spans.entries()) {
          const before = spans[index - 1]
          if (before !== undefined) expect(from).toBeGreaterThanOrEqual(before.to)
        }
      }),
    )
  })

  test('two marks side by side have their words on either side', () => {
    const placed = placeLabels(
      [
        { label: 'first value', x: 150 },
        { label: 'follow-up', x: 160 },
      ],
      WIDTH,
    )
    expect(placed.map(({ side }) => side)).toEqual(['left', 'right'])
  })

  test('a word without room is left out, its mark is not', () => {
    const placed = placeLabels(
      [
        { label: 'first value', x: 280 },
        { label: 'follow-up', x: 290 },
      ],
      WIDTH,
    )
    expect(placed.map(({ side }) => side)).toEqual(['left', undefined])
  })
})
