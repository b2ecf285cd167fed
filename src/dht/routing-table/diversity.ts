import { ipGroup } from '../lookup/ip-group.ts'
import type { Peer } from '../peer.ts'
import { FlatSet } from './flat-set.ts'
import type { TableEntry } from './table-entry.ts'

/** How many peers of one subnet (/24 of IPv4, /48 of IPv6) may be in the table; 0 lifts a limit. */
export interface DiversityLimits {
  /** Default 2, as in py-libp2p. */
  perBucket: number
  /** Default 3, as in go-libp2p. */
  perTable: number
}

const DEFAULT_LIMITS: DiversityLimits = { perBucket: 2, perTable: 3 }

/**
 * Keeps the table from filling up with one operator's machines, whose ids cost
 * nothing (protocol.md §8). Peers without a public IP address count for no
 * subnet and are always allowed.
 */
export class Diversity {
  readonly #limits: DiversityLimits
  /** The subnet of every peer of the table that has one. */
  readonly #joined = new FlatSet<number>((group) => group)

  constructor(limits: Partial<DiversityLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
  }

  /** Whether one more peer of this one's subnet may join the table, in the bucket of `entries`. */
  allows(peer: Peer, entries: readonly TableEntry[]): boolean {
    const group = this.#groupOf(peer)
    if (group === undefined) return true
    const { perBucket, perTable } = this.#limits
    const inTable = this.#joined.count(group)
    if (perTable > 0 && inTable >= perTable) return false
    // Fewer in the whole table than a bucket may hold: no need to count the bucket's.
    return perBucket === 0 || inTable < perBucket || countOf(group, entries) < perBucket
  }

  /** The same for the replacement cache of a bucket, which one subnet must not fill up either. */
  allowsReplacement(peer: Peer, replacements: readonly TableEntry[]): boolean {
    const group = this.#groupOf(peer)
    const { perBucket, perTable } = this.#limits
    return group === undefined || countOf(group, replacements) < (perBucket || perTable)
  }

  /** Whether a member of the table may take over the addresses of `updated`: these may be another subnet's. */
  allowsUpdate(member: Peer, updated: Peer, entries: readonly TableEntry[]): boolean {
    return this.#groupOf(member) === this.#groupOf(updated) || this.allows(updated, entries)
  }

  /** Counts a peer that joined. */
  joined(peer: Peer): void {
    const group = this.#groupOf(peer)
    if (group !== undefined) this.#joined.add(group)
  }

  /** Counts a peer, with the addresses it joined with, that left. */
  left(peer: Peer): void {
    const group = this.#groupOf(peer)
    if (group !== undefined) this.#joined.delete(group)
  }

  #groupOf(peer: Peer): number | undefined {
    return this.#limits.perBucket > 0 || this.#limits.perTable > 0 ? ipGroup(peer) : undefined
  }
}

function countOf(group: number, entries: readonly TableEntry[]): number {
  let count = 0
  for (const { peer } of entries) if (ipGroup(peer) === group) count++
  return count
}
