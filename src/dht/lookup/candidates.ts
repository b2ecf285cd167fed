import { compareDistance, type Key } from '../key.ts'
import type { Peer } from '../peer.ts'
import type { Candidate, PeerDoubt } from './candidate.ts'

/** How a peer came to be known. */
export interface Introduction {
  hop: number
  cause: string | undefined
  doubt: PeerDoubt
}

/**
 * The peers of one lookup, nearest to the target first, each once. Of those
 * not asked yet at most `maxHeard` are kept: the farthest is dropped, and may
 * come back when it is named again.
 */
export class Candidates {
  readonly #target: Key
  readonly #maxHeard: number
  readonly #sorted: Candidate[] = []
  readonly #byId = new Map<string, Candidate>()
  #heard = 0

  constructor(target: Key, maxHeard: number) {
    this.#target = target
    this.#maxHeard = maxHeard
  }

  get(id: string): Candidate | undefined {
    return this.#byId.get(id)
  }

  /** Nearest first. */
  [Symbol.iterator](): IterableIterator<Candidate> {
    return this.#sorted[Symbol.iterator]()
  }

  /** Adds a peer as heard; `'known'` when it is there already, whose addresses are then joined. */
  add(peer: Peer, introduction: Introduction): 'added' | 'known' | 'dropped' {
    const known = this.#byId.get(peer.id)
    if (known !== undefined) {
      if (known.state === 'heard') known.peer = withAddressesOf(known.peer, peer)
      return 'known'
    }
    this.#insert({ peer, state: 'heard', askedMs: 0, ...introduction })
    if (this.#heard <= this.#maxHeard) return 'added'
    return this.#dropFarthestHeard() === peer.id ? 'dropped' : 'added'
  }

  /** Marks a heard candidate as asked. */
  markAsked(candidate: Candidate, state: 'in-flight' | 'slow', nowMs: number): void {
    candidate.state = state
    candidate.askedMs = nowMs
    this.#heard--
  }

  #insert(candidate: Candidate): void {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      const there = this.#sorted[middle]
      if (there !== undefined && compareDistance(there.peer.key, candidate.peer.key, this.#target) <= 0) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    this.#sorted.splice(low, 0, candidate)
    this.#byId.set(candidate.peer.id, candidate)
    this.#heard++
  }

  #dropFarthestHeard(): string | undefined {
    const at = this.#sorted.findLastIndex(({ state }) => state === 'heard')
    const [dropped] = this.#sorted.splice(at, 1)
    if (dropped === undefined) return undefined
    this.#byId.delete(dropped.peer.id)
    this.#heard--
    return dropped.peer.id
  }
}

/** Addresses kept of one candidate, whoever named them (protocol.md §8, 17). */
const MAX_ADDRS = 16

/** Whoever names a peer first must not be able to hide its true addresses behind made-up ones. */
function withAddressesOf(known: Peer, named: Peer): Peer {
  if (known.addrs === named.addrs || known.addrs.length >= MAX_ADDRS) return known
  const isKnown = (addr: Uint8Array) => known.addrs.some((other) => isEqual(addr, other))
  const more = named.addrs.filter((addr) => !isKnown(addr))
  return more.length === 0 ? known : { ...known, addrs: [...known.addrs, ...more].slice(0, MAX_ADDRS) }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
