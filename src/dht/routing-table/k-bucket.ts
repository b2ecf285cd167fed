import type { PeerId } from '@libp2p/interface'
import type { Clock } from '../clock.ts'
import { compareDistance, type Key, keyToInt, peerIdToKey } from '../key.ts'
import { type PeerInfo, peerFromInfo, toPeerId, toPeerInfo } from '../peer.ts'
import { systemClock } from '../system-clock.ts'
import { lastHeardAt, MutableEntry } from './table-entry.ts'

/** One more than the greatest key. */
export const KEYSPACE_END = 2n ** 256n

/** Keys in the order of their distance from it are in the order of their numbers. */
const FIRST_KEY: Key = new Uint8Array(32)

/** What a bucket of a table does its changes through, so that the table's caps hold for them too. */
export interface BucketOwner {
  addPeer(peer: PeerInfo): Promise<boolean>
  removePeer(id: PeerId): boolean
}

export interface KBucketOptions {
  /** Default: the system's. */
  clock?: Pick<Clock, 'now'>
  /** The table this bucket is part of. Default: none, the bucket stands alone. */
  owner?: BucketOwner
}

/** A peer of a bucket as the original lists it. */
export interface BucketPeer {
  info: PeerInfo
  /** Milliseconds since the epoch: when it last answered, or else when it was added. */
  lastSeen: number
}

/**
 * A k-bucket of py-libp2p's API: at most `bucketSize` peers of the key range
 * `[minRange, maxRange)`, the one heard longest ago first. It is also what a
 * routing table's buckets are.
 */
export class KBucket {
  readonly bucketSize: number
  /** First key of the range. */
  readonly minRange: bigint
  /** One past the last key of the range. */
  readonly maxRange: bigint
  /** The table's own view: heard longest ago first. Changed by the table only. */
  readonly entries: MutableEntry[] = []
  /** Verified peers that wait for a seat, heard longest ago first. Changed by the table only. */
  readonly replacements: MutableEntry[] = []
  readonly #options: KBucketOptions
  readonly #clock: Pick<Clock, 'now'>

  /** @param _host - kept for the original's signature; nothing of it is used. */
  constructor(
    _host: unknown,
    bucketSize = 20,
    minRange = 0n,
    maxRange = KEYSPACE_END,
    options: KBucketOptions = {},
  ) {
    this.bucketSize = bucketSize
    this.minRange = minRange
    this.maxRange = maxRange
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  get isFull(): boolean {
    return this.entries.length >= this.bucketSize
  }

  /** By base58btc id, heard longest ago first. A copy: changing it changes nothing. */
  get peers(): Map<string, BucketPeer> {
    return new Map(
      this.entries.map((entry) => [
        entry.peer.id,
        { info: toPeerInfo(entry.peer), lastSeen: lastHeardAt(entry) },
      ]),
    )
  }

  size(): number {
    return this.entries.length
  }

  /**
   * Adds a peer, or takes over its addresses and moves it to the end when it is
   * known; false when the bucket is full. Nobody is pinged: in a table, peers
   * that fail leave by themselves.
   */
  async addPeer(info: PeerInfo): Promise<boolean> {
    const { owner } = this.#options
    if (owner !== undefined) return owner.addPeer(info)
    const peer = peerFromInfo(info)
    const known = this.#find(info.id)
    if (known === undefined && this.isFull) return false
    const entry = known ?? new MutableEntry(peer, 0, 'manual', 'unverified', this.#clock.now())
    if (peer.addrs.length > 0) entry.peer = peer
    if (known === undefined) this.entries.push(entry)
    else this.touch(entry)
    return true
  }

  /** False when the peer is not in the bucket. */
  removePeer(id: PeerId): boolean {
    const entry = this.#find(id)
    if (entry === undefined) return false
    if (this.#options.owner !== undefined) return this.#options.owner.removePeer(id)
    this.entries.splice(this.entries.indexOf(entry), 1)
    return true
  }

  getPeerInfo(id: PeerId): PeerInfo | undefined {
    const entry = this.#find(id)
    return entry && toPeerInfo(entry.peer)
  }

  /** Peers unheard for more than the threshold, the longest first. */
  getStalePeers(staleThresholdSeconds = 3600): PeerId[] {
    const heardBefore = this.#clock.now() - staleThresholdSeconds * 1000
    return this.entries.filter((entry) => lastHeardAt(entry) < heardBefore).map(({ peer }) => toPeerId(peer))
  }

  /** The peer heard longest ago; null when the bucket is empty. */
  getOldestPeer(): PeerId | null {
    const [oldest] = this.entries
    return oldest === undefined ? null : toPeerId(oldest.peer)
  }

  /** Notes that a peer was heard now and moves it to the end; false when it is not in the bucket. */
  refreshPeerLastSeen(id: PeerId): boolean {
    const entry = this.#find(id)
    if (entry !== undefined) this.touch(entry)
    return entry !== undefined
  }

  /** True when the key, read as a big-endian number, is in the range. */
  keyInRange(key: Uint8Array): boolean {
    const place = keyToInt(key)
    return this.minRange <= place && place < this.maxRange
  }

  peerIdInRange(id: PeerId): boolean {
    return this.keyInRange(peerIdToKey(id))
  }

  /** Two buckets of half the range each with copies of the peers in their order; this one stays as it is. */
  split(): [KBucket, KBucket] {
    return this.#halves((entry) => entry.copy())
  }

  /** The same with the entries themselves: for a table, which has no use for this bucket afterwards. */
  cut(): [KBucket, KBucket] {
    return this.#halves((entry) => entry)
  }

  #halves(take: (entry: MutableEntry) => MutableEntry): [KBucket, KBucket] {
    const middle = (this.minRange + this.maxRange) / 2n
    const middleKey = intToKey(middle)
    const lower = new KBucket(undefined, this.bucketSize, this.minRange, middle, this.#options)
    const upper = new KBucket(undefined, this.bucketSize, middle, this.maxRange, this.#options)
    for (const entry of this.entries) {
      const half = compareDistance(entry.peer.key, middleKey, FIRST_KEY) < 0 ? lower : upper
      half.entries.push(take(entry))
    }
    return [lower, upper]
  }

  /** The entry was heard now: it becomes the last. */
  touch(entry: MutableEntry): void {
    entry.lastSeenAt = this.#clock.now()
    this.entries.splice(this.entries.indexOf(entry), 1)
    this.entries.push(entry)
  }

  #find(id: PeerId): MutableEntry | undefined {
    const text = id.toString()
    return this.entries.find(({ peer }) => peer.id === text)
  }
}

/** 32 bytes, big-endian. */
function intToKey(value: bigint): Key {
  const words = new DataView(new ArrayBuffer(32))
  for (let i = 0; i < 4; i++) words.setBigUint64(8 * i, BigInt.asUintN(64, value >> BigInt(64 * (3 - i))))
  return new Uint8Array(words.buffer)
}
