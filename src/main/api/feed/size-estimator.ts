import type { DhtEvent } from '../../../dht/events.ts'
import type { Key } from '../../../dht/key.ts'
import { hexText } from '../../../shared/byte-text.ts'
import type { HealthRow } from '../../../shared/rows.ts'

/** Lookups looked at. */
const MAX_SAMPLES = 100
const MIN_SAMPLES = 5
/** Ranks of one lookup looked at; with fewer answers it says too little. */
const MIN_RANKS = 4
/** Bits of a distance that are looked at: as many as a number holds exactly. */
const BYTES = 6

/** One lookup: the sums of a least-squares fit of distance = rank × d through the origin; d is their quotient. */
interface Sample {
  products: number
  squares: number
}

/**
 * Estimates how many servers a network has from lookups that converged: of n
 * peers at random places the i-th nearest to a key is at i / (n + 1) of the
 * keyspace. One fit over all lookups: the mean of their own estimates would be
 * too high.
 */
export class SizeEstimator {
  readonly #keyOf: (peer: string) => Key | undefined
  readonly #targets = new Map<number, Key>()
  /** By target: looking the same place up again says nothing new. */
  readonly #samples = new Map<string, Sample>()

  /** `keyOf` gives the place of a peer, by base58btc id. */
  constructor(keyOf: (peer: string) => Key | undefined) {
    this.#keyOf = keyOf
  }

  take(event: DhtEvent): void {
    if (event.type === 'operation:started') this.#targets.set(event.operationId, event.target)
    if (event.type !== 'operation:ended') return
    const target = this.#targets.get(event.operationId)
    this.#targets.delete(event.operationId)
    if (target === undefined || event.reason !== 'converged' || event.closest.length < MIN_RANKS) return
    const sample = this.#sampleOf(target, event.closest)
    if (sample !== undefined) this.#keep(hexText(target), sample)
  }

  /** Peers and the estimate's standard error; undefined before there are enough lookups. */
  estimate(): HealthRow['networkSize'] {
    const samples = [...this.#samples.values()]
    if (samples.length < MIN_SAMPLES) return undefined
    const spacing = sum(samples, ({ products }) => products) / sum(samples, ({ squares }) => squares)
    const spread = sum(samples, ({ products, squares }) => (products / squares - spacing) ** 2)
    const relativeError = Math.sqrt(spread / (samples.length - 1) / samples.length) / spacing
    const nodes = 1 / spacing - 1
    return { nodes: Math.round(nodes), error: Math.round(nodes * relativeError), samples: samples.length }
  }

  #keep(target: string, sample: Sample): void {
    this.#samples.delete(target)
    this.#samples.set(target, sample)
    const [oldest] = this.#samples.keys()
    if (this.#samples.size > MAX_SAMPLES && oldest !== undefined) this.#samples.delete(oldest)
  }

  #sampleOf(target: Key, closest: readonly string[]): Sample | undefined {
    const sample = { products: 0, squares: 0 }
    for (const [i, peer] of closest.entries()) {
      const key = this.#keyOf(peer)
      if (key === undefined) return undefined
      const rank = i + 1
      sample.products += rank * distanceShare(key, target)
      sample.squares += rank * rank
    }
    return sample.products === 0 ? undefined : sample
  }
}

function sum<T>(items: readonly T[], measure: (item: T) => number): number {
  return items.reduce((total, item) => total + measure(item), 0)
}

/** The distance as a share of the keyspace, 0 to 1. */
function distanceShare(a: Key, b: Key): number {
  let share = 0
  for (let i = BYTES - 1; i >= 0; i--) share = (share + ((a[i] ?? 0) ^ (b[i] ?? 0))) / 256
  return share
}
