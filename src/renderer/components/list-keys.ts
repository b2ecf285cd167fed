/**
 * The row that a key leads to in a list of `count` rows, or undefined for a
 * key that moves nothing. From no selection (-1) every key leads to an end.
 */
export function nextIndex(key: string, index: number, count: number, page: number): number | undefined {
  if (count === 0) return undefined
  const within = (target: number) => Math.min(count - 1, Math.max(0, target))
  switch (key) {
    case 'ArrowDown':
      return within(index + 1)
    case 'ArrowUp':
      return within(index === -1 ? count - 1 : index - 1)
    case 'PageDown':
      return within(index + page)
    case 'PageUp':
      return within(index - page)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return undefined
  }
}
