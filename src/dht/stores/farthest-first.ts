import { compare } from 'uint8arrays/compare'

/** A member of the heap; `at` is its place in it. */
interface Member {
  readonly id: string
  readonly distance: Uint8Array
  at: number
}

/**
 * A set of keys that knows which one lies farthest from a fixed key: a binary
 * heap with removal, O(log n) each. What stores at their cap choose victims by.
 */
export class FarthestFirst {
  readonly #localKey: Uint8Array
  readonly #heap: Member[] = []
  readonly #members = new Map<string, Member>()

  /** @param localKey - 32 bytes; distances are XOR distances to it. */
  constructor(localKey: Uint8Array) {
    this.#localKey = localKey
  }

  get size(): number {
    return this.#heap.length
  }

  has(id: string): boolean {
    return this.#members.has(id)
  }

  /** Adds `id`, whose place in the keyspace is `kadKey` (32 bytes). Known ids are left as they are. */
  add(id: string, kadKey: Uint8Array): void {
    if (this.#members.has(id)) return
    const member = { id, distance: this.#distanceOf(kadKey), at: this.#heap.length }
    this.#members.set(id, member)
    this.#heap.push(member)
    this.#rise(member)
  }

  remove(id: string): void {
    const member = this.#members.get(id)
    if (member === undefined) return
    this.#members.delete(id)
    const last = this.#heap.pop()
    if (last === undefined || last === member) return
    this.#place(last, member.at)
    this.#rise(last)
    this.#sink(last)
  }

  /** The id farthest away. */
  farthest(): string | undefined {
    return this.#heap[0]?.id
  }

  /** True when some member lies farther away than `kadKey`. */
  hasFartherThan(kadKey: Uint8Array): boolean {
    const top = this.#heap[0]
    return top !== undefined && compare(top.distance, this.#distanceOf(kadKey)) > 0
  }

  #distanceOf(kadKey: Uint8Array): Uint8Array {
    return kadKey.map((byte, i) => byte ^ (this.#localKey[i] ?? 0))
  }

  #rise(member: Member): void {
    while (member.at > 0) {
      const parent = this.#heap[(member.at - 1) >> 1]
      if (parent === undefined || compare(parent.distance, member.distance) >= 0) return
      this.#swap(member, parent)
    }
  }

  #sink(member: Member): void {
    for (;;) {
      const child = this.#fartherChild(member.at)
      if (child === undefined || compare(child.distance, member.distance) <= 0) return
      this.#swap(child, member)
    }
  }

  #fartherChild(at: number): Member | undefined {
    const left = this.#heap[2 * at + 1]
    const right = this.#heap[2 * at + 2]
    if (left === undefined || right === undefined) return left
    return compare(left.distance, right.distance) >= 0 ? left : right
  }

  #swap(a: Member, b: Member): void {
    const at = a.at
    this.#place(a, b.at)
    this.#place(b, at)
  }

  #place(member: Member, at: number): void {
    this.#heap[at] = member
    member.at = at
  }
}
