import type { TableEntryState, TableReason } from '../events.ts'
import type { Peer } from '../peer.ts'

/** A peer of the routing table or of a bucket's replacement cache. Times are wall times in milliseconds. */
export interface TableEntry {
  readonly peer: Peer
  readonly state: TableEntryState
  readonly addedAt: number
  /** When it last answered; undefined: never. */
  readonly lastSeenAt?: number | undefined
  /** When it last answered with closer peers. */
  readonly lastUsefulAt?: number | undefined
  /** Of its last answer, without dialling. */
  readonly rttMs?: number | undefined
  /** Failed requests since it last answered. */
  readonly strikes: number
  /** Why it was admitted. */
  readonly reason: TableReason
  /** Leading bits its key has in common with the local key. */
  readonly cpl: number
}

/** The entry as its table changes it. A class, so that all entries have one shape: worlds hold millions of them. */
export class MutableEntry implements TableEntry {
  peer: Peer
  state: TableEntryState
  reason: TableReason
  addedAt: number
  lastSeenAt: number | undefined
  lastUsefulAt: number | undefined = undefined
  rttMs: number | undefined = undefined
  strikes = 0
  readonly cpl: number

  constructor(peer: Peer, cpl: number, reason: TableReason, state: TableEntryState, now: number) {
    this.peer = peer
    this.state = state
    this.reason = reason
    this.addedAt = now
    this.lastSeenAt = state === 'live' ? now : undefined
    this.cpl = cpl
  }

  /** Another entry with the same facts. */
  copy(): MutableEntry {
    const { peer, cpl, reason, state, addedAt, lastSeenAt, lastUsefulAt, rttMs, strikes } = this
    const copy = new MutableEntry(peer, cpl, reason, state, addedAt)
    return Object.assign(copy, { lastSeenAt, lastUsefulAt, rttMs, strikes })
  }
}

/** When an entry was last heard, or else when it came. */
export function lastHeardAt(entry: TableEntry): number {
  return entry.lastSeenAt ?? entry.addedAt
}
