import type { Random } from '../dht/random.ts'

/**
 * Repeatable chance: the generator sfc32, seeded by a 32-bit number or a text.
 * The same seed gives the same numbers on every machine.
 */
export class SeededRandom implements Random {
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(seed: number | string) {
    const nextWord = splitmix32(typeof seed === 'string' ? hashText(seed) : seed)
    this.#a = nextWord()
    this.#b = nextWord()
    this.#c = nextWord()
    this.#d = nextWord()
    for (let i = 0; i < 12; i++) this.uint32()
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    const result = (this.#a + this.#b + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0
    return result >>> 0
  }

  next(): number {
    return this.uint32() / 0x1_0000_0000
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let i = 0; i < length; i++) bytes[i] = this.uint32() >>> 24
    return bytes
  }

  /** A whole number in [0, below). */
  integer(below: number): number {
    return Math.floor(this.next() * below)
  }

  /** A number in [from, to). */
  between(from: number, to: number): number {
    return from + this.next() * (to - from)
  }

  /** A number of the standard normal distribution (Box and Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()))
    return radius * Math.cos(2 * Math.PI * this.next())
  }

  /** A number of the exponential distribution with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }

  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** One of `items`. Throws when there are none. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('There is nothing to pick from.')
    return items[this.integer(items.length)] as T
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items]
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const held = shuffled[i] as T
      shuffled[i] = shuffled[j] as T
      shuffled[j] = held
    }
    return shuffled
  }

  /** A generator of its own, so that drawing more in one place does not change what another place draws. */
  fork(label: string): SeededRandom {
    return new SeededRandom(hashText(`${this.uint32()}:${label}`))
  }
}

/** Words from one seed, to begin with. */
function splitmix32(seed: number): () => number {
  let at = seed | 0
  return () => {
    at = (at + 0x9e3779b9) | 0
    let word = at ^ (at >>> 16)
    word = Math.imul(word, 0x21f0aaad)
    word ^= word >>> 15
    word = Math.imul(word, 0x735a2d97)
    return word ^ (word >>> 15)
  }
}

/** FNV-1a over the text's UTF-16 units. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
