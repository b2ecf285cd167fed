import { compareDistance, type Key } from '../dht/key.ts'
import type { Peer } from '../dht/peer.ts'

/** Peers with exactly `cpl` leading bits in common with some key: those from index `from` up to `to`. */
export interface KeySlice {
  cpl: number
  from: number
  to: number
}

/** Peers in the order of their keys: which of them share a prefix is a slice, found by binary search. */
export class KeyOrder {
  readonly peers: readonly Peer[]

  constructor(peers: readonly Peer[]) {
    this.peers = [...peers].sort((a, b) => compareKeys(a.key, b.key))
  }

  /** Slices `[from, to)` of the peers whose common prefix with `key` is exactly 0, 1, 2, … bits, until nobody is left. */
  *slices(key: Key): Generator<KeySlice> {
    const bits = key.length * 8
    let low = 0
    let high = this.peers.length
    for (let cpl = 0; cpl < bits && low < high; cpl++) {
      const split = this.#firstWithBit(cpl, low, high)
      const isOne = bitAt(key, cpl) === 1
      yield isOne ? { cpl, from: low, to: split } : { cpl, from: split, to: high }
      if (isOne) low = split
      else high = split
    }
    if (low < high) yield { cpl: bits, from: low, to: high }
  }

  /** The `count` nearest to `target`, nearest first: what a lookup should find. */
  closest(target: Key, count: number): Peer[] {
    const nearest: Peer[] = []
    for (const { from, to } of [...this.slices(target)].reverse()) {
      if (nearest.length >= count) break
      nearest.push(...this.peers.slice(from, to).sort((a, b) => compareDistance(a.key, b.key, target)))
    }
    return nearest.slice(0, count)
  }

  #firstWithBit(bit: number, from: number, to: number): number {
    let low = from
    let high = to
    while (low < high) {
      const middle = (low + high) >> 1
      if (bitAt(this.peers[middle]?.key, bit) === 1) high = middle
      else low = middle + 1
    }
    return low
  }
}

function bitAt(key: Key | undefined, bit: number): number {
  return ((key?.[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1
}

function compareKeys(a: Key, b: Key): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
