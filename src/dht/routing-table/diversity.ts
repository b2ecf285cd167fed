import { ipGroup } from '../lookup/ip-group.ts'
import type { Peer } from '../peer.ts'
import type { TableEntry } from './table-entry.ts'

/** How many peers of one subnet (/24 of IPv4, /48 of IPv6) may be in the table; 0 lifts a limit. */
export interface DiversityLimits {
  /** Default 2, as in py-libp2p. */
  perBucket: number
  /** Default 3, as in go-libp2p. */
  perTable: number
}

/** Subnets read from addresses: a peer is one object in all the tables of a world, and reading is most of the work. */
const groups = new WeakMap<Peer, string | undefined>()

const DEFAULT_LIMITS: DiversityLimits = { perBucket: 2, perTable: 3 }

/**
 * Keeps the table from filling up with one operator's machines, whose ids cost
 * nothing (protocol.md §8). Peers without a public IP address count for no
 * subnet and are always allowed.
 */
export class Diversity {
  readonly #limits: DiversityLimits
  /** Peers of the table by subnet. */
  readonly #counts = new Map<string, number>()

  constructor(limits: Partial<DiversityLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
  }

  /** Whether one more peer of this one's subnet may join the table, in the bucket of `entries`. */
  allows(peer: Peer, entries: readonly TableEntry[]): boolean {
    const group = this.#groupOf(peer)
    if (group === undefined) return true
    const { perBucket, perTable } = this.#limits
    const inTable = this.#counts.get(group) ?? 0
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
    if (group !== undefined) this.#counts.set(group, (this.#counts.get(group) ?? 0) + 1)
  }

  /** Counts a peer, with the addresses it joined with, that left. */
  left(peer: Peer): void {
    const group = this.#groupOf(peer)
    if (group === undefined) return
    const count = (this.#counts.get(group) ?? 0) - 1
    if (count > 0) this.#counts.set(group, count)
    else this.#counts.delete(group)
  }

  #groupOf(peer: Peer): string | undefined {
    return this.#limits.perBucket > 0 || this.#limits.perTable > 0 ? groupOf(peer) : undefined
  }
}

function countOf(group: string, entries: readonly TableEntry[]): number {
  let count = 0
  for (const { peer } of entries) if (groupOf(peer) === group) count++
  return count
}

function groupOf(peer: Peer): string | undefined {
  const known = groups.get(peer)
  if (known !== undefined || groups.has(peer)) return known
  const group = ipGroup(peer)
  groups.set(peer, group)
  return group
}
