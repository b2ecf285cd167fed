/** Slots of an empty set; a power of two, as always. */
const MIN_SLOTS = 16

/**
 * A set in one flat array, found by hash (open addressing, linear probing):
 * a third of the memory of a `Map`, of which every table of a simulated world
 * would hold two. Equal items may be in it more than once.
 */
export class FlatSet<T extends object | number> {
  readonly #hashOf: (item: T) => number
  #slots: (T | undefined)[] = emptySlots(MIN_SLOTS)
  #size = 0

  /** @param hashOf - a 32-bit whole number, always the same for an item. */
  constructor(hashOf: (item: T) => number) {
    this.#hashOf = hashOf
  }

  get size(): number {
    return this.#size
  }

  /** An item with this hash for which `isWanted` is true. */
  find(hash: number, isWanted: (item: T) => boolean): T | undefined {
    for (let at = this.#home(hash); ; at = this.#after(at)) {
      const item = this.#slots[at]
      if (item === undefined || isWanted(item)) return item
    }
  }

  /** How often an item is in. */
  count(wanted: T): number {
    let count = 0
    let at = this.#home(this.#hashOf(wanted))
    for (let item = this.#slots[at]; item !== undefined; item = this.#slots[at]) {
      if (item === wanted) count++
      at = this.#after(at)
    }
    return count
  }

  add(item: T): void {
    if ((this.#size + 1) * 4 > this.#slots.length * 3) this.#grow()
    this.#size++
    this.#place(item)
  }

  /** Takes an item out once; nothing happens when it is not in. */
  delete(item: T): void {
    let at = this.#home(this.#hashOf(item))
    while (this.#slots[at] !== item) {
      if (this.#slots[at] === undefined) return
      at = this.#after(at)
    }
    this.#size--
    this.#slots[at] = undefined
    this.#closeGap(at)
  }

  /** Items that follow without a gap may have been pushed on by the one that left, and would not be found any more. */
  #closeGap(gap: number): void {
    let at = this.#after(gap)
    for (let item = this.#slots[at]; item !== undefined; item = this.#slots[at]) {
      this.#slots[at] = undefined
      this.#place(item)
      at = this.#after(at)
    }
  }

  #place(item: T): void {
    let at = this.#home(this.#hashOf(item))
    while (this.#slots[at] !== undefined) at = this.#after(at)
    this.#slots[at] = item
  }

  #grow(): void {
    const items = this.#slots
    this.#slots = emptySlots(items.length * 2)
    for (const item of items) if (item !== undefined) this.#place(item)
  }

  /** Fibonacci hashing: the upper bits are the ones that depend on all. */
  #home(hash: number): number {
    return (Math.imul(hash, 0x9e3779b1) >>> 8) & (this.#slots.length - 1)
  }

  #after(at: number): number {
    return (at + 1) & (this.#slots.length - 1)
  }
}

function emptySlots<T>(count: number): (T | undefined)[] {
  return new Array<T | undefined>(count).fill(undefined)
}
