import type { Clock } from '../clock.ts'
import type { Publish, TableReason } from '../events.ts'
import type { Peer } from '../peer.ts'
import type { Diversity } from './diversity.ts'
import type { KBucket } from './k-bucket.ts'
import type { MutableEntry } from './table-entry.ts'

/** What the caches share with their table. */
export interface ReplacementsInit {
  clock: Pick<Clock, 'now'>
  publish?: Publish
  diversity: Diversity
}

/**
 * Verified peers for whom only a seat is missing: of every full bucket the ones
 * heard last, as many as it has seats (protocol.md §3).
 */
export class Replacements {
  readonly #init: ReplacementsInit
  readonly #entries = new Map<string, MutableEntry>()

  constructor(init: ReplacementsInit) {
    this.#init = init
  }

  get(id: string): MutableEntry | undefined {
    return this.#entries.get(id)
  }

  values(): Iterable<MutableEntry> {
    return this.#entries.values()
  }

  /** Lets a peer wait, in the place of the one heard longest ago when the cache is full; else says why not. */
  admit(bucket: KBucket, entry: MutableEntry): Extract<TableReason, 'bucket-full' | 'diversity'> | 'waits' {
    const { peer, state } = entry
    const { bucketSize, replacements } = bucket
    // Unverified ids cost an attacker nothing.
    if (state !== 'live') return 'bucket-full'
    const others = replacements.filter((waiting) => waiting.peer.id !== peer.id)
    if (!this.#init.diversity.allowsReplacement(peer, others)) return 'diversity'
    const known = this.#entries.get(peer.id)
    if (known !== undefined) {
      this.#renew(replacements, known, peer)
      return 'waits'
    }
    const [oldest] = replacements
    if (oldest !== undefined && replacements.length >= bucketSize) this.forget(bucket, oldest.peer.id)
    replacements.push(entry)
    this.#entries.set(peer.id, entry)
    this.#publishChange(entry, 'added')
    return 'waits'
  }

  /** One that waits has answered. */
  heard({ replacements }: KBucket, entry: MutableEntry): void {
    this.#renew(replacements, entry, entry.peer)
  }

  /** The one heard last that may join the bucket: next in line for a seat that becomes free. */
  nextFor({ entries, replacements }: KBucket): MutableEntry | undefined {
    return replacements.findLast(({ peer }) => this.#init.diversity.allows(peer, entries))
  }

  /** Takes a peer out; nothing happens when it does not wait. */
  forget({ replacements }: KBucket, id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    replacements.splice(replacements.indexOf(entry), 1)
    this.#entries.delete(id)
    this.#publishChange(entry, 'removed')
  }

  #renew(replacements: MutableEntry[], entry: MutableEntry, peer: Peer): void {
    entry.peer = peer
    entry.lastSeenAt = this.#init.clock.now()
    replacements.splice(replacements.indexOf(entry), 1)
    replacements.push(entry)
  }

  #publishChange({ peer, cpl }: MutableEntry, change: 'added' | 'removed'): void {
    this.#init.publish?.({ type: 'table:replacement', peer: peer.id, cpl, change })
  }
}
