import type Sqlite from 'better-sqlite3'
import { compare } from 'uint8arrays/compare'
import { equals } from 'uint8arrays/equals'
import type { StoredValue, StoredValueInfo } from '../../../dht/stores/value-storage.ts'
import { valueSizeBytes } from '../../../dht/stores/value-storage.ts'
import type {
  RecordCalls,
  RemovalReason,
  RemovedValue,
  StoreTotals,
  ValuePutReply,
  ValueTableOptions,
} from '../db-protocol.ts'
import { StorageError } from '../storage-error.ts'
import type { GroupMember } from './group-runner.ts'
import { KeptTotals } from './kept-totals.ts'
import { firstKey, keyAfterPrefix } from './key-range.ts'
import { PeerCounts } from './peer-counts.ts'
import { storeDistance } from './store-distance.ts'
import { type RemovableValue, type ValueRow, ValueStatements } from './value-statements.ts'

/** Below every distance. */
const EVERYWHERE = -1
/** Expired values deleted at a time when room is needed. */
const EXPIRED_AT_A_TIME = 256

/** The values of kadscope.db. Caps and victims as `ValueStorageOptions` says; every call runs in a group's transaction. */
export class ValueTable implements GroupMember {
  readonly #sql: ValueStatements
  readonly #totals: KeptTotals
  readonly #publishers: PeerCounts
  #givenOptions: ValueTableOptions | undefined

  constructor(db: Sqlite.Database) {
    this.#totals = new KeptTotals(db, 'values')
    this.#publishers = new PeerCounts(db, 'publishers')
    this.#sql = new ValueStatements(db)
  }

  /** Sets the caps. When the rows were written by another identity, their distances and owners are made again. */
  configure(options: ValueTableOptions): void {
    if (this.#totals.localId !== options.localId) {
      const ownId = this.#publishers.idOf(options.localId) ?? null
      this.#sql.rebase((key) => storeDistance(key, options.localKey), ownId)
      this.#totals.localId = options.localId
    }
    this.#givenOptions = options
  }

  put({ value: offered, now, isPreferred }: Parameters<RecordCalls['putValue']>[0]): ValuePutReply {
    const removed: RemovedValue[] = []
    if (this.#isWelcome(offered) && this.#insert(offered)) {
      return { result: 'stored', publisher: offered.publisher, removed }
    }
    const found = this.#sql.find.get(offered.key)
    if (found !== undefined && found.expiresAt <= now) this.#remove(removable(found), 'expired', removed)
    const held = found !== undefined && found.expiresAt > now ? found : undefined
    if (held !== undefined && equals(held.value, offered.value)) return this.#refresh(held, offered, removed)
    if (held !== undefined && !isPreferred) return { result: 'asked', held: withoutId(held) }
    const isAdmitted = this.#admit(offered, held, now, removed)
    const result = !isAdmitted ? 'full' : held === undefined ? 'stored' : 'replaced'
    return { result, publisher: offered.publisher, removed }
  }

  get({ key, now }: Parameters<RecordCalls['getValue']>[0]): StoredValue | undefined {
    const held = this.#sql.find.get(key)
    return held !== undefined && held.expiresAt > now ? withoutId(held) : undefined
  }

  delete({ key, now }: Parameters<RecordCalls['deleteValue']>[0]): boolean {
    const held = this.#sql.find.get(key)
    if (held === undefined || held.expiresAt <= now) return false
    this.#remove(removable(held), 'user', [])
    return true
  }

  list({ prefix, after, limit, now }: Parameters<RecordCalls['listValues']>[0]): StoredValueInfo[] {
    const from = firstKey(prefix, after)
    const end = keyAfterPrefix(prefix)
    return end === undefined
      ? this.#sql.list.all(from, now, limit)
      : this.#sql.listBefore.all(from, end, now, limit)
  }

  deleteExpired({ now, limit }: Parameters<RecordCalls['deleteExpiredValues']>[0]): Uint8Array[] {
    const removed: RemovedValue[] = []
    for (const row of this.#sql.expired.all(now, limit)) this.#remove(row, 'expired', removed)
    return removed.map(({ key }) => key)
  }

  totals(): StoreTotals {
    return { entries: this.#totals.entries, sizeBytes: this.#totals.sizeBytes }
  }

  beforeCommit(): void {
    this.#totals.beforeCommit()
    this.#publishers.beforeCommit()
  }

  afterRollback(): void {
    this.#totals.afterRollback()
    this.#publishers.afterRollback()
  }

  get #options(): ValueTableOptions {
    if (this.#givenOptions === undefined) {
      throw new StorageError('ERR_STORAGE_FAILED', 'The values’ caps could not be set: restart the backend.')
    }
    return this.#givenOptions
  }

  /** True when no cap stands against it: a new value can be stored without looking at what is held. */
  #isWelcome(offered: StoredValue): boolean {
    const { maxEntriesPerPublisher } = this.#options
    const isInShare = this.#publishers.entriesOf(offered.publisher) < maxEntriesPerPublisher
    return (isInShare || this.#isOwn(offered)) && this.#fits(offered, 0, 0)
  }

  /** The later expiry stays; the publisher too, unless it is now this node. */
  #refresh(held: ValueRow, offered: StoredValue, removed: RemovedValue[]): ValuePutReply {
    const { localId } = this.#options
    const isNowOwn = offered.publisher === localId && held.publisher !== localId
    const expiresAt = Math.max(held.expiresAt, offered.expiresAt)
    if (isNowOwn) this.#replace(held, { ...offered, expiresAt })
    else this.#sql.refresh.run(offered.receivedAt, expiresAt, held.id)
    return { result: 'refreshed', publisher: isNowOwn ? localId : held.publisher, removed }
  }

  /** Stores the value, in the place of `held` if there is one; false, and nothing is lost, when a cap forbids. */
  #admit(offered: StoredValue, held: ValueRow | undefined, now: number, removed: RemovedValue[]): boolean {
    const isNew = held === undefined
    if (isNew && !this.#isOwn(offered) && !this.#hasShareLeft(offered.publisher, now, removed)) return false
    const victims = this.#victimsFor(offered, held, now, removed)
    if (victims === undefined) return false
    for (const victim of victims) this.#remove(victim, 'cap', removed)
    if (isNew) this.#insert(offered)
    else this.#replace(held, offered)
    return true
  }

  #hasShareLeft(publisher: string, now: number, removed: RemovedValue[]): boolean {
    const isLeft = () => this.#publishers.entriesOf(publisher) < this.#options.maxEntriesPerPublisher
    return this.#expireUntil(isLeft, now, removed)
  }

  /** Who must leave for the offered value; undefined when it must not displace as many as it takes. */
  #victimsFor(
    offered: StoredValue,
    held: ValueRow | undefined,
    now: number,
    removed: RemovedValue[],
  ): RemovableValue[] | undefined {
    const victims: RemovableValue[] = []
    let freedBytes = held === undefined ? 0 : valueSizeBytes(held)
    const freedEntries = () => victims.length + (held === undefined ? 0 : 1)
    const isRoom = () => this.#fits(offered, freedEntries(), freedBytes)
    if (this.#expireUntil(isRoom, now, removed)) return victims
    const { localKey } = this.#options
    const beyond = this.#isOwn(offered) ? EVERYWHERE : storeDistance(offered.key, localKey)
    for (const victim of this.#sql.farthest.iterate(beyond)) {
      if (compare(victim.key, offered.key) === 0) continue
      victims.push(victim)
      freedBytes += victim.sizeBytes
      if (isRoom()) return victims
    }
    return undefined
  }

  #fits(offered: StoredValue, freedEntries: number, freedBytes: number): boolean {
    const { maxEntries, maxSizeBytes } = this.#options
    return (
      this.#totals.entries - freedEntries < maxEntries &&
      this.#totals.sizeBytes - freedBytes + valueSizeBytes(offered) <= maxSizeBytes
    )
  }

  /** Deletes what has expired, a few at a time, until the condition holds; false when nothing is left to delete. */
  #expireUntil(condition: () => boolean, now: number, removed: RemovedValue[]): boolean {
    while (!condition()) {
      const expired = this.#sql.expired.all(now, EXPIRED_AT_A_TIME)
      if (expired.length === 0) return false
      for (const row of expired) this.#remove(row, 'expired', removed)
    }
    return true
  }

  /** False, and nothing has changed, when the key is held. */
  #insert(value: StoredValue): boolean {
    const { localKey } = this.#options
    const { changes } = this.#sql.insert.run(
      value.key,
      this.#publishers.increment(value.publisher),
      this.#isOwn(value) ? 1 : 0,
      value.receivedAt,
      value.expiresAt,
      storeDistance(value.key, localKey),
      value.value,
    )
    if (changes > 0) this.#totals.add(1, valueSizeBytes(value))
    else this.#publishers.decrement(value.publisher)
    return changes > 0
  }

  #replace(held: ValueRow, value: StoredValue): void {
    this.#publishers.decrement(held.publisher)
    const publisherId = this.#publishers.increment(value.publisher)
    const own = this.#isOwn(value) ? 1 : 0
    this.#sql.replace.run(publisherId, own, value.receivedAt, value.expiresAt, value.value, held.id)
    this.#totals.add(0, valueSizeBytes(value) - valueSizeBytes(held))
  }

  #remove(row: RemovableValue, why: RemovalReason, removed: RemovedValue[]): void {
    this.#sql.remove.run(row.id)
    this.#publishers.decrement(row.publisher)
    this.#totals.add(-1, -row.sizeBytes)
    removed.push({ key: row.key, why })
  }

  #isOwn({ publisher }: Pick<StoredValue, 'publisher'>): boolean {
    return publisher === this.#options.localId
  }
}

function removable(row: ValueRow): RemovableValue {
  return { id: row.id, key: row.key, publisher: row.publisher, sizeBytes: valueSizeBytes(row) }
}

function withoutId({ id: _, ...value }: ValueRow): StoredValue {
  return value
}
