import type { Clock } from '../clock.ts'
import { compareDistance, type Key } from '../key.ts'
import type { PeerDoubt } from '../lookup/candidate.ts'
import type { Peer } from '../peer.ts'

const MAX_ANSWERED = 1000
const MAX_DOUBTED = 4000
/** How long a peer whose request failed is left alone; doubled by every further failure. */
const FIRST_REST_MS = 60_000
const MAX_REST_MS = 30 * 60_000
/** After this a peer that answered is no seed any more. */
const ANSWERED_TTL_MS = 30 * 60_000

interface Answered {
  peer: Peer
  atMs: number
}

interface Doubted {
  failures: number
  /** Until then the peer is `'dead'`, afterwards `'slow'`: asked, not waited for. Monotonic milliseconds. */
  deadUntilMs: number
}

/**
 * What lookups found of peers, in bounded memory, the least recent forgotten
 * first: who answered lately (seeds beside the routing table's), and who let
 * them wait. A peer found silent is not waited for again until it answers.
 */
export class PeerMemory {
  readonly #clock: Clock
  readonly #answered = new Map<string, Answered>()
  readonly #doubted = new Map<string, Doubted>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `peer` answered a request. */
  answered(peer: Peer): void {
    this.#doubted.delete(peer.id)
    this.#answered.delete(peer.id)
    this.#answered.set(peer.id, { peer, atMs: this.#clock.monotonic() })
    trim(this.#answered, MAX_ANSWERED)
  }

  /** `peer` did not answer within a soft deadline. */
  keptWaiting(peer: Peer): void {
    const doubted = this.#doubted.get(peer.id) ?? { failures: 0, deadUntilMs: 0 }
    this.#doubt(peer, doubted)
  }

  /** A request to `peer` failed. */
  failed(peer: Peer): void {
    this.#answered.delete(peer.id)
    const failures = (this.#doubted.get(peer.id)?.failures ?? 0) + 1
    const restMs = Math.min(MAX_REST_MS, FIRST_REST_MS * 2 ** (failures - 1))
    this.#doubt(peer, { failures, deadUntilMs: this.#clock.monotonic() + restMs })
  }

  /** How far a lookup may rely on a peer. */
  doubtOf(id: string): PeerDoubt {
    const doubted = this.#doubted.get(id)
    if (doubted === undefined) return 'none'
    return doubted.deadUntilMs > this.#clock.monotonic() ? 'dead' : 'slow'
  }

  /** Of the peers that answered lately and since let nobody wait, the nearest to `target`, nearest first. */
  nearest(target: Key, count: number): Peer[] {
    const oldestMs = this.#clock.monotonic() - ANSWERED_TTL_MS
    const fresh: Peer[] = []
    for (const { peer, atMs } of this.#answered.values()) {
      if (atMs >= oldestMs && !this.#doubted.has(peer.id)) fresh.push(peer)
    }
    return fresh.sort((a, b) => compareDistance(a.key, b.key, target)).slice(0, count)
  }

  /** The peer as it was when it answered, when it did lately. */
  find(id: string): Peer | undefined {
    return this.#answered.get(id)?.peer
  }

  /** Forgets everything, after a change of network or mode. */
  clear(): void {
    this.#answered.clear()
    this.#doubted.clear()
  }

  #doubt(peer: Peer, doubted: Doubted): void {
    this.#doubted.delete(peer.id)
    this.#doubted.set(peer.id, doubted)
    trim(this.#doubted, MAX_DOUBTED)
  }
}

/** Maps keep the order of insertion, so the first is the least recent. */
function trim(map: Map<string, unknown>, max: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= max) return
    map.delete(oldest)
  }
}
