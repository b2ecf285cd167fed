import type Sqlite from 'better-sqlite3'
import type {
  PackedProvider,
  ProviderPutReply,
  ProviderTableOptions,
  RecordCalls,
  RemovalReason,
  RemovedProvider,
  StoreTotals,
} from '../db-protocol.ts'
import { StorageError } from '../storage-error.ts'
import type { GroupMember } from './group-runner.ts'
import { KeptTotals } from './kept-totals.ts'
import { PeerCounts } from './peer-counts.ts'
import { type HeldProvider, ProviderStatements } from './provider-statements.ts'
import { storeDistance } from './store-distance.ts'

type Offer = Parameters<RecordCalls['putProvider']>[0]

/** Below every distance. */
const EVERYWHERE = -1
/** Expired records deleted at a time when room is needed. */
const EXPIRED_AT_A_TIME = 256

/**
 * The provider records of kadscope.db. Caps and victims as
 * `ProviderStorageOptions` says; every call runs in a group's transaction.
 */
export class ProviderTable implements GroupMember {
  readonly #sql: ProviderStatements
  readonly #totals: KeptTotals
  readonly #peers: PeerCounts
  #givenOptions: ProviderTableOptions | undefined

  constructor(db: Sqlite.Database) {
    this.#totals = new KeptTotals(db, 'providers')
    this.#peers = new PeerCounts(db, 'provider_peers')
    this.#sql = new ProviderStatements(db)
  }

  /** Sets the caps. When the rows were written by another identity, their distances and owners are made again. */
  configure(options: ProviderTableOptions): void {
    if (this.#totals.localId !== options.localId) {
      const ownId = this.#peers.idOf(options.localId) ?? null
      this.#sql.rebase((key) => storeDistance(key, options.localKey), ownId)
      this.#totals.localId = options.localId
    }
    this.#givenOptions = options
  }

  put(offer: Offer): ProviderPutReply {
    const removed: RemovedProvider[] = []
    const { key, provider } = offer.record
    const held = this.#find(key, provider)
    if (held !== undefined && held.expiresAt > offer.now) {
      this.#refresh(held, offer)
      return { result: 'refreshed', removed }
    }
    if (held !== undefined) this.#remove(held, 'expired', removed)
    const victims = this.#victimsFor(offer, removed)
    if (victims === undefined) return { result: 'full', removed }
    for (const victim of victims) this.#remove(victim, 'cap', removed)
    this.#insert(offer)
    return { result: 'stored', removed }
  }

  get({ key, limit, now }: Parameters<RecordCalls['getProviders']>[0]): PackedProvider[] {
    return this.#sql.get.all(key, now, limit)
  }

  keysOf({ provider, limit, now }: Parameters<RecordCalls['keysOfProvider']>[0]): Uint8Array[] {
    const id = this.#peers.idOf(provider)
    return id === undefined ? [] : this.#sql.keysOf.all(id, now, limit)
  }

  delete({ key, provider, now }: Parameters<RecordCalls['deleteProvider']>[0]): RemovedProvider | undefined {
    const held = this.#find(key, provider)
    const removed: RemovedProvider[] = []
    if (held !== undefined) this.#remove(held, held.expiresAt > now ? 'user' : 'expired', removed)
    return removed[0]
  }

  list({ after, limit, now }: Parameters<RecordCalls['listProviders']>[0]): PackedProvider[] {
    if (after === undefined) return this.#sql.list.all(now, limit)
    return this.#sql.listAfter.all(after.key, after.key, after.provider, now, limit)
  }

  deleteExpired({ now, limit }: Parameters<RecordCalls['deleteExpiredProviders']>[0]): RemovedProvider[] {
    const removed: RemovedProvider[] = []
    for (const row of this.#sql.expired.all(now, limit)) this.#remove(row, 'expired', removed)
    return removed
  }

  totals(): StoreTotals {
    return { entries: this.#totals.entries, sizeBytes: this.#totals.sizeBytes }
  }

  beforeCommit(): void {
    this.#totals.beforeCommit()
    this.#peers.beforeCommit()
  }

  afterRollback(): void {
    this.#totals.afterRollback()
    this.#peers.afterRollback()
  }

  get #options(): ProviderTableOptions {
    if (this.#givenOptions === undefined) {
      throw new StorageError(
        'ERR_STORAGE_FAILED',
        'The providers’ caps could not be set: restart the backend.',
      )
    }
    return this.#givenOptions
  }

  #find(key: Uint8Array, provider: string): HeldProvider | undefined {
    const id = this.#peers.idOf(provider)
    return id === undefined ? undefined : this.#sql.find.get(key, id)
  }

  /** Who must leave for a new record, nobody perhaps; undefined when a cap forbids it. */
  #victimsFor(offer: Offer, removed: RemovedProvider[]): HeldProvider[] | undefined {
    const { record, now } = offer
    if (!this.#isOwn(record) && !this.#hasShareLeft(record.provider, now, removed)) return undefined
    if (this.#isKeyFull(record.key, now, removed)) {
      const rival = this.#sql.rival.get(record.key)
      return rival && this.#withFarthest(offer, [rival], removed)
    }
    return this.#withFarthest(offer, [], removed)
  }

  #hasShareLeft(provider: string, now: number, removed: RemovedProvider[]): boolean {
    const isLeft = () => this.#peers.entriesOf(provider) < this.#options.maxKeysPerProvider
    return this.#expireUntil(isLeft, now, removed)
  }

  #isKeyFull(key: Uint8Array, now: number, removed: RemovedProvider[]): boolean {
    const isFull = () => (this.#sql.countOfKey.get(key) ?? 0) >= this.#options.maxProvidersPerKey
    if (!isFull()) return false
    for (const row of this.#sql.expiredOfKey.all(key, now)) this.#remove(row, 'expired', removed)
    return isFull()
  }

  /** Adds to `victims` until the record fits; undefined when its key is the farthest left. */
  #withFarthest(
    { record, sizeBytes, now }: Offer,
    victims: HeldProvider[],
    removed: RemovedProvider[],
  ): HeldProvider[] | undefined {
    let freedBytes = victims.reduce((sum, victim) => sum + victim.sizeBytes, 0)
    const isRoom = () => this.#fits(sizeBytes, victims.length, freedBytes)
    if (this.#expireUntil(isRoom, now, removed)) return victims
    const beyond = this.#isOwn(record) ? EVERYWHERE : storeDistance(record.key, this.#options.localKey)
    for (const victim of this.#sql.farthest.iterate(beyond)) {
      if (victims.some(({ id }) => id === victim.id)) continue
      victims.push(victim)
      freedBytes += victim.sizeBytes
      if (isRoom()) return victims
    }
    return undefined
  }

  #fits(sizeBytes: number, freedEntries: number, freedBytes: number): boolean {
    const { maxEntries, maxSizeBytes } = this.#options
    return (
      this.#totals.entries - freedEntries < maxEntries &&
      this.#totals.sizeBytes - freedBytes + sizeBytes <= maxSizeBytes
    )
  }

  /** Deletes what has expired, a few at a time, until the condition holds; false when nothing is left to delete. */
  #expireUntil(condition: () => boolean, now: number, removed: RemovedProvider[]): boolean {
    while (!condition()) {
      const expired = this.#sql.expired.all(now, EXPIRED_AT_A_TIME)
      if (expired.length === 0) return false
      for (const row of expired) this.#remove(row, 'expired', removed)
    }
    return true
  }

  #insert({ record, sizeBytes }: Offer): void {
    this.#sql.insert.run(
      record.key,
      this.#peers.increment(record.provider, record.providerBytes),
      this.#isOwn(record) ? 1 : 0,
      record.receivedAt,
      record.expiresAt,
      record.addrsExpireAt,
      sizeBytes,
      storeDistance(record.key, this.#options.localKey),
      record.addrs,
    )
    this.#totals.add(1, sizeBytes)
  }

  #refresh(held: HeldProvider, { record, sizeBytes }: Offer): void {
    const { receivedAt, expiresAt, addrsExpireAt, addrs } = record
    this.#sql.refresh.run(receivedAt, expiresAt, addrsExpireAt, sizeBytes, addrs, held.id)
    this.#totals.add(0, sizeBytes - held.sizeBytes)
  }

  #remove(row: HeldProvider, why: RemovalReason, removed: RemovedProvider[]): void {
    this.#sql.remove.run(row.id)
    this.#peers.decrement(row.provider)
    this.#totals.add(-1, -row.sizeBytes)
    removed.push({ key: row.key, provider: row.provider, why })
  }

  #isOwn({ provider }: Pick<PackedProvider, 'provider'>): boolean {
    return provider === this.#options.localId
  }
}
