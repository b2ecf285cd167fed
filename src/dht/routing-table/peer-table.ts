import type { PeerId } from '@libp2p/interface'
import { equals } from 'uint8arrays/equals'
import type { Clock } from '../clock.ts'
import type { Publish, TableEntryState, TableReason } from '../events.ts'
import { type Key, sharedPrefixLen } from '../key.ts'
import { type Peer, peerFromId } from '../peer.ts'
import { systemClock } from '../system-clock.ts'
import { BucketTree } from './bucket-tree.ts'
import { Diversity, type DiversityLimits } from './diversity.ts'
import { FlatSet } from './flat-set.ts'
import { type BucketOwner, KBucket, KEYSPACE_END } from './k-bucket.ts'
import { Replacements } from './replacements.ts'
import { lastHeardAt, MutableEntry, type TableEntry } from './table-entry.ts'

/** Failed requests in a row that cost a peer its seat. */
const MAX_STRIKES = 2

export interface PeerTableOptions {
  /** Peers of a bucket, and of its replacement cache. Default 20. */
  bucketSize?: number
  /** Default: the system's. */
  clock?: Pick<Clock, 'now'>
  /** Told every change. Default: nobody is. */
  publish?: Publish
  /** Default: 2 of one subnet in a bucket, 3 in the table. */
  diversity?: Partial<DiversityLimits>
  /** How many times a bucket may be cut that does not hold the local key, 0 to 2. Default 0: a bucket per prefix length. */
  relaxedLevels?: number
}

/** What an answer tells of a peer. */
export interface AnswerFacts {
  /** It named closer peers. */
  useful: boolean
  rttMs?: number
}

/**
 * The peers a node knows, many of its own neighbourhood and few of far ones
 * (protocol.md §3). A bucket splits only where it holds the local key, so ids
 * made up anywhere else cannot make it grow. Who is in stays as long as it
 * answers (seniority); verified newcomers wait in the bucket's replacement
 * cache, and two failed requests in a row give a seat to one of them.
 * Synchronous; never throws.
 */
export class PeerTable {
  readonly #local: Peer
  readonly #bucketSize: number
  readonly #relaxedLevels: number
  readonly #clock: Pick<Clock, 'now'>
  /** Undefined spares making the events, which a world's build would spend a third of its time on. */
  readonly #publish: Publish | undefined
  readonly #owner: BucketOwner | undefined
  readonly #blocked = new Set<string>()
  readonly #entries = new FlatSet<MutableEntry>(({ peer }) => hashOfId(peer.id))
  readonly #waiting: Replacements
  readonly #diversity: Diversity
  #tree: BucketTree

  /** @param owner - what the buckets do changes through that somebody makes on them. */
  constructor(localId: PeerId, options: PeerTableOptions = {}, owner?: BucketOwner) {
    this.#local = peerFromId(localId)
    this.#bucketSize = options.bucketSize ?? 20
    this.#relaxedLevels = Math.min(2, options.relaxedLevels ?? 0)
    this.#clock = options.clock ?? systemClock
    this.#publish = options.publish
    this.#owner = owner
    this.#diversity = new Diversity(options.diversity)
    this.#waiting = new Replacements({
      clock: this.#clock,
      ...(this.#publish && { publish: this.#publish }),
      diversity: this.#diversity,
    })
    this.#tree = this.#emptyTree()
  }

  /** The `count` peers nearest to `target`, nearest first. */
  closest(target: Key, count: number): Peer[] {
    return this.#tree.closest(target, count)
  }

  /** The entry of a peer, by base58btc id. */
  entry(id: string): TableEntry | undefined {
    return this.#entryOf(id)
  }

  /** Bucket by bucket in the order of their ranges, in each the one heard longest ago first. */
  entries(): Iterable<TableEntry> {
    return this.#seated()
  }

  /** Verified peers that wait for a seat in a full bucket. */
  replacements(): Iterable<TableEntry> {
    return this.#waiting.values()
  }

  size(): number {
    return this.#entries.size
  }

  /** In the order of their ranges: disjoint, and together the whole keyspace. */
  get buckets(): KBucket[] {
    return this.#tree.buckets()
  }

  /** The bucket whose range holds `key` (32 bytes). */
  bucketOf(key: Key): KBucket {
    return this.#tree.find(key).bucket
  }

  /**
   * Adds a peer, or takes over what is new of one that is in: its addresses,
   * and `live`, which means that it has just answered. False when it stays out
   * (itself, blocked, its bucket full, too many of its subnet), or when its new
   * addresses do. A live peer for which only the seat is missing waits for one.
   *
   * @param state - default: `unverified` for the reasons `manual` and `restored`, else `live`.
   */
  add(peer: Peer, reason: TableReason, state: TableEntryState = initialState(reason)): boolean {
    if (peer.id === this.#local.id) return false
    if (this.#blocked.has(peer.id)) return this.#refuse(peer, 'blocked')
    const known = this.#entryOf(peer.id)
    if (known !== undefined) return this.#update(known, peer, state)
    // Before any split: a peer that is not let in must not change the table.
    if (!this.#diversity.allows(peer, this.bucketOf(peer.key).entries)) return this.#refuse(peer, 'diversity')
    const entry = new MutableEntry(peer, this.#cplOf(peer), reason, state, this.#clock.now())
    const bucket = this.#bucketWithRoom(entry)
    if (bucket.isFull) return this.#keepWaiting(bucket, entry)
    this.#waiting.forget(bucket, peer.id)
    this.#seat(bucket, entry)
    return true
  }

  /** A peer answered a request. Nothing happens when it is unknown. */
  heardFrom(id: string, { useful, rttMs }: AnswerFacts): void {
    const entry = this.#entryOf(id) ?? this.#waiting.get(id)
    if (entry === undefined) return
    const now = this.#clock.now()
    if (useful) entry.lastUsefulAt = now
    if (rttMs !== undefined) entry.rttMs = rttMs
    const bucket = this.bucketOf(entry.peer.key)
    if (this.#entryOf(id) !== undefined) this.#confirm(bucket, entry)
    else this.#waiting.heard(bucket, entry)
  }

  /** A request to a peer failed: its second in a row costs it the seat, its first one a place among those who wait. */
  failed(id: string): void {
    const entry = this.#entryOf(id)
    if (entry === undefined) this.#forgetWaiting(id)
    else if (++entry.strikes >= MAX_STRIKES) this.#unseat(entry, 'two-strikes')
    else this.#change(entry, 'stale')
  }

  /** Removes a peer, from those who wait too; the one heard last of these gets its seat. False when it is unknown. */
  remove(id: string, reason: TableReason): boolean {
    const entry = this.#entryOf(id)
    if (entry !== undefined) this.#unseat(entry, reason)
    const isKnown = entry !== undefined || this.#waiting.get(id) !== undefined
    this.#forgetWaiting(id)
    return isKnown
  }

  /** Removes everybody: one empty bucket is left. Who is blocked stays so. */
  clear(): void {
    for (const entry of [...this.#waiting.values()]) this.#forgetWaiting(entry.peer.id)
    for (const entry of this.#seated()) this.#unseat(entry, 'cleared')
    this.#tree = this.#emptyTree()
  }

  /** Removes a peer and keeps it out until `unblock`. */
  block(id: string): void {
    this.#blocked.add(id)
    this.remove(id, 'blocked')
  }

  unblock(id: string): void {
    this.#blocked.delete(id)
  }

  isBlocked(id: string): boolean {
    return this.#blocked.has(id)
  }

  /** Whether `add` would seat this peer, or let it wait in a cache that is not full: what makes a probe worth its while. */
  wants(peer: Peer): boolean {
    const { id, key } = peer
    const isKnown =
      id === this.#local.id || this.#entryOf(id) !== undefined || this.#waiting.get(id) !== undefined
    if (isKnown || this.#blocked.has(id)) return false
    const { isFull, entries, replacements } = this.bucketOf(key)
    if (isFull && replacements.length >= this.#bucketSize) return false
    return this.#diversity.allows(peer, entries)
  }

  /** Live peers unheard for longer than this become stale; returns how many did. */
  markStale(unheardForMs: number): number {
    const heardBefore = this.#clock.now() - unheardForMs
    let marked = 0
    for (const entry of this.#seated()) {
      if (entry.state !== 'live' || lastHeardAt(entry) >= heardBefore) continue
      this.#change(entry, 'stale')
      marked++
    }
    return marked
  }

  /** Peers that should be asked whether they are there: unverified or stale, unheard for longest first. */
  doubtful(count = Number.POSITIVE_INFINITY): Peer[] {
    return this.#seated()
      .filter(({ state }) => state !== 'live')
      .sort((a, b) => lastHeardAt(a) - lastHeardAt(b))
      .slice(0, count)
      .map(({ peer }) => peer)
  }

  #entryOf(id: string): MutableEntry | undefined {
    return this.#entries.find(hashOfId(id), ({ peer }) => peer.id === id)
  }

  #seated(): MutableEntry[] {
    return this.#tree.buckets().flatMap(({ entries }) => entries)
  }

  #update(entry: MutableEntry, peer: Peer, state: TableEntryState): boolean {
    const bucket = this.bucketOf(peer.key)
    const hasNewAddrs = peer.addrs.length > 0 && !haveSameAddrs(entry.peer, peer)
    const isAllowed = !hasNewAddrs || this.#diversity.allowsUpdate(entry.peer, peer, bucket.entries)
    if (hasNewAddrs && isAllowed) {
      this.#diversity.left(entry.peer)
      this.#diversity.joined(peer)
      entry.peer = peer
      this.#publishChanged(entry, peer.addrs)
    }
    if (state === 'live') this.#confirm(bucket, entry)
    return isAllowed || this.#refuse(peer, 'diversity')
  }

  /** The bucket of a newcomer, cut as often as that may make room. */
  #bucketWithRoom({ peer, cpl }: MutableEntry): KBucket {
    let { bucket, depth } = this.#tree.find(peer.key)
    while (bucket.isFull && depth < 256 && depth <= cpl + this.#relaxedLevels) {
      this.#tree.split(peer.key)
      this.#publish?.({ type: 'table:split', cpl: depth, buckets: this.#tree.size })
      ;({ bucket, depth } = this.#tree.find(peer.key))
    }
    return bucket
  }

  #seat(bucket: KBucket, entry: MutableEntry): void {
    const { peer, cpl, state, reason } = entry
    bucket.entries.push(entry)
    this.#entries.add(entry)
    this.#diversity.joined(peer)
    this.#publish?.({
      type: 'table:added',
      peer: peer.id,
      key: peer.key,
      addrs: [...peer.addrs],
      cpl,
      state,
      reason,
    })
  }

  #unseat(entry: MutableEntry, reason: TableReason): void {
    const { peer, cpl } = entry
    const bucket = this.bucketOf(peer.key)
    bucket.entries.splice(bucket.entries.indexOf(entry), 1)
    this.#entries.delete(entry)
    this.#diversity.left(peer)
    const next = this.#waiting.nextFor(bucket)
    this.#publish?.({
      type: 'table:removed',
      peer: peer.id,
      key: peer.key,
      cpl,
      reason,
      ...(next !== undefined && { replacedBy: next.peer.id }),
    })
    if (next === undefined) return
    this.#waiting.forget(bucket, next.peer.id)
    next.reason = 'promoted'
    next.addedAt = this.#clock.now()
    this.#seat(bucket, next)
  }

  #keepWaiting(bucket: KBucket, entry: MutableEntry): false {
    const outcome = this.#waiting.admit(bucket, entry)
    return outcome === 'waits' ? false : this.#refuse(entry.peer, outcome)
  }

  #forgetWaiting(id: string): void {
    const entry = this.#waiting.get(id)
    if (entry !== undefined) this.#waiting.forget(this.bucketOf(entry.peer.key), id)
  }

  #confirm(bucket: KBucket, entry: MutableEntry): void {
    entry.strikes = 0
    bucket.touch(entry)
    this.#change(entry, 'live')
  }

  #change(entry: MutableEntry, state: TableEntryState): void {
    if (entry.state === state) return
    entry.state = state
    this.#publishChanged(entry)
  }

  #publishChanged({ peer, cpl, state }: MutableEntry, addrs?: readonly Uint8Array[]): void {
    this.#publish?.({
      type: 'table:changed',
      peer: peer.id,
      key: peer.key,
      cpl,
      state,
      ...(addrs !== undefined && { addrs: [...addrs] }),
    })
  }

  #refuse(peer: Peer, reason: TableReason): false {
    this.#publish?.({ type: 'table:refused', peer: peer.id, cpl: this.#cplOf(peer), reason })
    return false
  }

  #cplOf(peer: Peer): number {
    return sharedPrefixLen(this.#local.key, peer.key)
  }

  #emptyTree(): BucketTree {
    const options = { clock: this.#clock, ...(this.#owner !== undefined && { owner: this.#owner }) }
    return new BucketTree(new KBucket(undefined, this.#bucketSize, 0n, KEYSPACE_END, options))
  }
}

/** Who is added by hand or from a file has not answered yet. */
function initialState(reason: TableReason): TableEntryState {
  return reason === 'manual' || reason === 'restored' ? 'unverified' : 'live'
}

/** Of its last characters: the first are much the same in all ids. */
function hashOfId(id: string): number {
  let hash = 0
  for (let i = Math.max(0, id.length - 8); i < id.length; i++)
    hash = (Math.imul(hash, 59) + id.charCodeAt(i)) | 0
  return hash
}

function haveSameAddrs(a: Peer, b: Peer): boolean {
  return (
    a.addrs.length === b.addrs.length &&
    a.addrs.every((address, i) => equals(address, b.addrs[i] as Uint8Array))
  )
}
