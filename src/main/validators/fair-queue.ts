/** Items wait in lines of their own; the lines take turns. */
export class FairQueue<T> {
  /** Items a line holds at most. */
  readonly maxWaiting: number
  /** In the order of their turns; none is empty. */
  readonly #lines = new Map<string, T[]>()

  constructor(maxWaiting: number) {
    this.maxWaiting = maxWaiting
  }

  /** False, and nothing added, when the line is full. */
  add(line: string, item: T): boolean {
    const items = this.#lines.get(line)
    if (items === undefined) this.#lines.set(line, [item])
    else if (items.length < this.maxWaiting) items.push(item)
    else return false
    return true
  }

  /** Takes the first item of the line whose turn it is; undefined when nothing waits. */
  next(): T | undefined {
    for (const [line, items] of this.#lines) {
      const item = items.shift()
      this.#lines.delete(line)
      if (items.length > 0) this.#lines.set(line, items)
      return item
    }
    return undefined
  }
}
