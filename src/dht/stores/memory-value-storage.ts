import { compare } from 'uint8arrays/compare'
import { equals } from 'uint8arrays/equals'
import { keyFromBytes, keyText } from '../key.ts'
import { FarthestFirst } from './farthest-first.ts'
import { KeyLocks } from './key-locks.ts'
import {
  type PrefersOffered,
  type StorageStats,
  type StoredValue,
  type StoredValueInfo,
  VALUE_STORAGE_DEFAULTS,
  type ValuePutResult,
  type ValueStorage,
  type ValueStorageOptions,
  valueSizeBytes,
} from './value-storage.ts'

/** Values in memory; gone with the process. Caps and victims as `ValueStorageOptions` says. */
export class MemoryValueStorage implements ValueStorage {
  readonly #options: ValueStorageOptions & typeof VALUE_STORAGE_DEFAULTS
  readonly #values = new Map<string, StoredValue>()
  readonly #byPublisher = new Map<string, number>()
  readonly #evictable: FarthestFirst
  readonly #locks = new KeyLocks()
  #sizeBytes = 0
  /** No value held expires before this time. */
  #earliestExpiry = Number.POSITIVE_INFINITY

  constructor(options: ValueStorageOptions) {
    this.#options = { ...VALUE_STORAGE_DEFAULTS, ...options }
    this.#evictable = new FarthestFirst(options.localKey)
  }

  async get(key: Uint8Array): Promise<StoredValue | undefined> {
    const held = this.#live(keyText(key))
    return held && { ...held }
  }

  put(value: StoredValue, prefersOffered: PrefersOffered = () => true): Promise<ValuePutResult> {
    const offered = { ...value, key: new Uint8Array(value.key), value: new Uint8Array(value.value) }
    return this.#locks.run(keyText(value.key), () => this.#put(offered, prefersOffered))
  }

  async delete(key: Uint8Array): Promise<boolean> {
    const text = keyText(key)
    return this.#locks.run(text, async () => {
      const held = this.#live(text)
      if (held !== undefined) this.#remove(text, 'user')
      return held !== undefined
    })
  }

  async list(
    options: { prefix?: Uint8Array; after?: Uint8Array; limit?: number } = {},
  ): Promise<StoredValueInfo[]> {
    const { prefix, after, limit = 1000 } = options
    const now = this.#options.clock.now()
    const chosen = [...this.#values.values()].filter(
      ({ key, expiresAt }) =>
        expiresAt > now &&
        (after === undefined || compare(key, after) > 0) &&
        (prefix === undefined || equals(key.subarray(0, prefix.length), prefix)),
    )
    return chosen
      .sort((a, b) => compare(a.key, b.key))
      .slice(0, limit)
      .map(toInfo)
  }

  async deleteExpired(now: number): Promise<Uint8Array[]> {
    const expired = [...this.#values].filter(([, { expiresAt }]) => expiresAt <= now)
    for (const [text] of expired) this.#remove(text, 'expired')
    return expired.map(([, { key }]) => key)
  }

  async stats(): Promise<StorageStats> {
    const { maxEntries, maxSizeBytes } = this.#options
    return { entries: this.#values.size, sizeBytes: this.#sizeBytes, maxEntries, maxSizeBytes }
  }

  close(): Promise<void> {
    return this.#locks.idle()
  }

  async #put(offered: StoredValue, prefersOffered: PrefersOffered): Promise<ValuePutResult> {
    const text = keyText(offered.key)
    const asked = this.#live(text)
    const isRefresh = asked !== undefined && equals(asked.value, offered.value)
    if (asked !== undefined && !isRefresh && !(await prefersOffered({ ...asked }))) {
      this.#refused(offered, 'A newer value is held.')
      return 'kept-existing'
    }
    const accepted = isRefresh ? refreshed(asked, offered, this.#options.localId) : offered
    const change = isRefresh ? 'refreshed' : asked === undefined ? 'new' : 'replaced'
    if (!this.#admit(text, accepted, change === 'new')) {
      this.#refused(offered, 'The store is full.')
      return 'full'
    }
    this.#published(accepted, change)
    return change === 'new' ? 'stored' : change
  }

  /** Puts the value in the place of the one held, making room for it; false when a cap forbids. */
  #admit(text: string, offered: StoredValue, isNew: boolean): boolean {
    const isOwn = offered.publisher === this.#options.localId
    if (isNew && !isOwn && !this.#hasShareLeft(offered.publisher)) return false
    const held = this.#unlink(text)
    if (!this.#makeRoom(offered, isOwn)) {
      if (held !== undefined) this.#link(text, held)
      return false
    }
    this.#link(text, offered)
    return true
  }

  #hasShareLeft(publisher: string): boolean {
    const { maxEntriesPerPublisher } = this.#options
    if (this.#shareOf(publisher) >= maxEntriesPerPublisher) this.#dropExpired()
    return this.#shareOf(publisher) < maxEntriesPerPublisher
  }

  #makeRoom(offered: StoredValue, isOwn: boolean): boolean {
    if (this.#fits(offered, [])) return true
    this.#dropExpired()
    const kadKey = keyFromBytes(offered.key)
    const victims: [string, StoredValue][] = []
    while (!this.#fits(offered, victims)) {
      const text = this.#evictable.farthest()
      const value = text === undefined ? undefined : this.#values.get(text)
      const mayEvict = isOwn || this.#evictable.hasFartherThan(kadKey)
      if (text === undefined || value === undefined || !mayEvict) break
      this.#evictable.remove(text)
      victims.push([text, value])
    }
    const fits = this.#fits(offered, victims)
    for (const [text, value] of victims) {
      this.#evictable.add(text, keyFromBytes(value.key))
      if (fits) this.#remove(text, 'cap')
    }
    return fits
  }

  #fits(offered: StoredValue, without: [string, StoredValue][]): boolean {
    const freedBytes = without.reduce((sum, [, value]) => sum + valueSizeBytes(value), 0)
    const { maxEntries, maxSizeBytes } = this.#options
    return (
      this.#values.size - without.length < maxEntries &&
      this.#sizeBytes - freedBytes + valueSizeBytes(offered) <= maxSizeBytes
    )
  }

  /** Scans only when something can have expired, or a full store would cost a scan for every put. */
  #dropExpired(): void {
    const now = this.#options.clock.now()
    if (now < this.#earliestExpiry) return
    let earliest = Number.POSITIVE_INFINITY
    for (const [text, { expiresAt }] of this.#values) {
      if (expiresAt <= now) this.#remove(text, 'expired')
      else earliest = Math.min(earliest, expiresAt)
    }
    this.#earliestExpiry = earliest
  }

  #live(text: string): StoredValue | undefined {
    const held = this.#values.get(text)
    return held !== undefined && held.expiresAt > this.#options.clock.now() ? held : undefined
  }

  #remove(text: string, why: 'expired' | 'cap' | 'user'): void {
    const removed = this.#unlink(text)
    if (removed !== undefined) this.#options.publish?.({ type: 'record:removed', key: removed.key, why })
  }

  #link(text: string, value: StoredValue): void {
    this.#values.set(text, value)
    this.#sizeBytes += valueSizeBytes(value)
    this.#earliestExpiry = Math.min(this.#earliestExpiry, value.expiresAt)
    if (value.publisher === this.#options.localId) return
    this.#byPublisher.set(value.publisher, this.#shareOf(value.publisher) + 1)
    this.#evictable.add(text, keyFromBytes(value.key))
  }

  #unlink(text: string): StoredValue | undefined {
    const value = this.#values.get(text)
    if (value === undefined) return undefined
    this.#values.delete(text)
    this.#sizeBytes -= valueSizeBytes(value)
    this.#evictable.remove(text)
    const share = this.#shareOf(value.publisher) - 1
    if (share > 0) this.#byPublisher.set(value.publisher, share)
    else this.#byPublisher.delete(value.publisher)
    return value
  }

  #shareOf(publisher: string): number {
    return this.#byPublisher.get(publisher) ?? 0
  }

  #published(value: StoredValue, change: 'new' | 'replaced' | 'refreshed'): void {
    const sizeBytes = value.value.length
    this.#options.publish?.({
      type: 'record:stored',
      key: value.key,
      sizeBytes,
      from: value.publisher,
      change,
    })
  }

  #refused(value: StoredValue, reason: string): void {
    this.#options.publish?.({ type: 'record:refused', key: value.key, from: value.publisher, reason })
  }
}

/** An equal value put again: later times; the publisher stays, unless it is now our own. */
function refreshed(held: StoredValue, offered: StoredValue, localId: string): StoredValue {
  const publisher = offered.publisher === localId ? localId : held.publisher
  return { ...offered, publisher, expiresAt: Math.max(held.expiresAt, offered.expiresAt) }
}

function toInfo({ value, ...info }: StoredValue): StoredValueInfo {
  return { ...info, sizeBytes: value.length }
}
