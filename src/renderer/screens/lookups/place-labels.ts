/** A mark on a line, with its word. */
interface Mark {
  label: string
  /** Pixels from the left. */
  x: number
}

/** On which side of its mark a word stands; undefined where it has room on neither. */
export interface PlacedMark extends Mark {
  side: 'left' | 'right' | undefined
}

/** Generous for 11-px type. */
const CHARACTER_WIDTH = 7
const GAP = 6

/**
 * Puts the words of marks beside them, so that none leaves the line of `width`
 * pixels, meets another word or runs over another mark. Marks are taken from
 * the left, a word stands at the left of its mark where it can.
 */
export function placeLabels(marks: readonly Mark[], width: number): PlacedMark[] {
  const sorted = [...marks].sort((a, b) => a.x - b.x)
  let free = 0
  return sorted.map((mark, index) => {
    const room = mark.label.length * CHARACTER_WIDTH + GAP
    const end = sorted[index + 1]?.x ?? width
    const side = mark.x - room >= free ? 'left' : mark.x + room <= end ? 'right' : undefined
    free = side === 'right' ? mark.x + room : mark.x
    return { ...mark, side }
  })
}
