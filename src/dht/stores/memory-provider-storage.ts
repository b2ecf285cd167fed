import { compare } from 'uint8arrays/compare'
import { keyFromBytes, keyText } from '../key.ts'
import { FarthestFirst } from './farthest-first.ts'
import {
  PROVIDER_STORAGE_DEFAULTS,
  type ProviderPutResult,
  type ProviderStorage,
  type ProviderStorageOptions,
  providerSizeBytes,
  type StoredProvider,
} from './provider-storage.ts'
import type { StorageStats } from './value-storage.ts'

/** Providers of one key by id, least recently put first. */
type ProvidersOfKey = Map<string, StoredProvider>

/** Provider records in memory; gone with the process. Caps and victims as `ProviderStorageOptions` says. */
export class MemoryProviderStorage implements ProviderStorage {
  readonly #options: ProviderStorageOptions & typeof PROVIDER_STORAGE_DEFAULTS
  readonly #byKey = new Map<string, ProvidersOfKey>()
  readonly #byProvider = new Map<string, Map<string, Uint8Array>>()
  /** Keys with a record that is not our own. */
  readonly #evictable: FarthestFirst
  #entries = 0
  #sizeBytes = 0
  /** No record held expires before this time. */
  #earliestExpiry = Number.POSITIVE_INFINITY

  constructor(options: ProviderStorageOptions) {
    this.#options = { ...PROVIDER_STORAGE_DEFAULTS, ...options }
    this.#evictable = new FarthestFirst(options.localKey)
  }

  async put(provider: StoredProvider): Promise<ProviderPutResult> {
    const offered = copyOf(provider)
    const text = keyText(offered.key)
    const held = this.#byKey.get(text)?.get(offered.provider)
    const isRefresh = held !== undefined && this.#isLive(held)
    if (held !== undefined && isRefresh) this.#unlink(text, held)
    else if (held !== undefined) this.#remove(text, held, 'expired')
    if (!isRefresh && !this.#makeRoom(text, offered)) {
      const { key, provider: id } = offered
      this.#options.publish?.({ type: 'provider:refused', key, provider: id, reason: 'The store is full.' })
      return 'full'
    }
    this.#link(text, offered)
    this.#published(offered, isRefresh ? 'refreshed' : 'new')
    return isRefresh ? 'refreshed' : 'stored'
  }

  async get(key: Uint8Array, limit = 100): Promise<StoredProvider[]> {
    const held = [...(this.#byKey.get(keyText(key))?.values() ?? [])].reverse()
    return this.#presentable(
      held.sort((a, b) => b.receivedAt - a.receivedAt),
      limit,
    )
  }

  async keysOf(provider: string, limit = Number.POSITIVE_INFINITY): Promise<Uint8Array[]> {
    const keys = [...(this.#byProvider.get(provider) ?? [])].filter(([text]) => {
      const record = this.#byKey.get(text)?.get(provider)
      return record !== undefined && this.#isLive(record)
    })
    return keys
      .map(([, key]) => key)
      .sort(compare)
      .slice(0, limit)
  }

  async delete(key: Uint8Array, provider: string): Promise<boolean> {
    const text = keyText(key)
    const held = this.#byKey.get(text)?.get(provider)
    if (held === undefined) return false
    const wasLive = this.#isLive(held)
    this.#remove(text, held, wasLive ? 'user' : 'expired')
    return wasLive
  }

  async list(
    options: { after?: { key: Uint8Array; provider: string }; limit?: number } = {},
  ): Promise<StoredProvider[]> {
    const { after, limit = 1000 } = options
    const all = [...this.#byKey.values()].flatMap((providers) => [...providers.values()])
    const chosen = all.filter((record) => after === undefined || compareRecords(record, after) > 0)
    return this.#presentable(chosen.sort(compareRecords), limit)
  }

  async deleteExpired(now: number): Promise<{ key: Uint8Array; provider: string }[]> {
    return this.#dropExpired(now).map(({ key, provider }) => ({ key, provider }))
  }

  async stats(): Promise<StorageStats> {
    const { maxEntries, maxSizeBytes } = this.#options
    return { entries: this.#entries, sizeBytes: this.#sizeBytes, maxEntries, maxSizeBytes }
  }

  async close(): Promise<void> {}

  #presentable(records: StoredProvider[], limit: number): StoredProvider[] {
    const now = this.#options.clock.now()
    return records
      .filter(({ expiresAt }) => expiresAt > now)
      .slice(0, limit)
      .map((record) => ({ ...record, addrs: record.addrsExpireAt > now ? [...record.addrs] : [] }))
  }

  /** Makes room for a new record; false, and nothing is lost, when a cap forbids. */
  #makeRoom(text: string, offered: StoredProvider): boolean {
    const isOwn = offered.provider === this.#options.localId
    if (!isOwn && !this.#hasShareLeft(offered.provider)) return false
    const rival = this.#rivalOf(text)
    if (rival === 'none') return false
    const victims = rival === undefined ? [] : [rival]
    if (!this.#fits(offered, victims)) this.#dropExpired(this.#options.clock.now())
    if (!this.#fits(offered, victims) && !this.#chooseVictims(offered, isOwn, victims)) return false
    for (const victim of victims) this.#remove(keyText(victim.key), victim, 'cap')
    return true
  }

  #hasShareLeft(provider: string): boolean {
    const { maxKeysPerProvider } = this.#options
    const share = () => this.#byProvider.get(provider)?.size ?? 0
    if (share() >= maxKeysPerProvider) this.#dropExpired(this.#options.clock.now())
    return share() < maxKeysPerProvider
  }

  /** Who must leave the key's list for a newcomer: nobody (undefined), a record, or `'none'` may. */
  #rivalOf(text: string): StoredProvider | undefined | 'none' {
    if (this.#isKeyFull(text)) this.#dropExpired(this.#options.clock.now())
    const providers = this.#byKey.get(text)
    if (providers === undefined || !this.#isKeyFull(text)) return undefined
    return this.#nearestToExpiry(providers, new Set()) ?? 'none'
  }

  #isKeyFull(text: string): boolean {
    return (this.#byKey.get(text)?.size ?? 0) >= this.#options.maxProvidersPerKey
  }

  /** Adds to `victims` until the offered record fits; false when the offered key is the farthest left. */
  #chooseVictims(offered: StoredProvider, isOwn: boolean, victims: StoredProvider[]): boolean {
    const kadKey = keyFromBytes(offered.key)
    const chosen = new Set(victims)
    const emptied: [string, Uint8Array][] = []
    while (!this.#fits(offered, victims)) {
      const text = this.#evictable.farthest()
      if (text === undefined || (!isOwn && !this.#evictable.hasFartherThan(kadKey))) break
      const providers = this.#byKey.get(text) ?? new Map()
      const victim = this.#nearestToExpiry(providers, chosen)
      if (victim === undefined) {
        const [first] = providers.values()
        this.#evictable.remove(text)
        if (first !== undefined) emptied.push([text, keyFromBytes(first.key)])
        continue
      }
      chosen.add(victim)
      victims.push(victim)
    }
    for (const [text, key] of emptied) this.#evictable.add(text, key)
    return this.#fits(offered, victims)
  }

  #nearestToExpiry(
    providers: ProvidersOfKey,
    except: ReadonlySet<StoredProvider>,
  ): StoredProvider | undefined {
    let nearest: StoredProvider | undefined
    for (const record of providers.values()) {
      if (record.provider === this.#options.localId || except.has(record)) continue
      if (nearest === undefined || record.expiresAt < nearest.expiresAt) nearest = record
    }
    return nearest
  }

  #fits(offered: StoredProvider, without: StoredProvider[]): boolean {
    const freedBytes = without.reduce((sum, record) => sum + providerSizeBytes(record), 0)
    const { maxEntries, maxSizeBytes } = this.#options
    return (
      this.#entries - without.length < maxEntries &&
      this.#sizeBytes - freedBytes + providerSizeBytes(offered) <= maxSizeBytes
    )
  }

  /** Scans only when something can have expired. */
  #dropExpired(now: number): StoredProvider[] {
    if (now < this.#earliestExpiry) return []
    const all = [...this.#byKey.values()].flatMap((providers) => [...providers.values()])
    const expired = all.filter(({ expiresAt }) => expiresAt <= now)
    for (const record of expired) this.#remove(keyText(record.key), record, 'expired')
    this.#earliestExpiry = all.reduce(
      (earliest, { expiresAt }) => (expiresAt > now ? Math.min(earliest, expiresAt) : earliest),
      Number.POSITIVE_INFINITY,
    )
    return expired
  }

  #isLive(record: StoredProvider): boolean {
    return record.expiresAt > this.#options.clock.now()
  }

  #remove(text: string, record: StoredProvider, why: 'expired' | 'cap' | 'user'): void {
    this.#unlink(text, record)
    const { key, provider } = record
    this.#options.publish?.({ type: 'provider:removed', key, provider, why })
  }

  #link(text: string, record: StoredProvider): void {
    const { key, provider } = record
    const providers = this.#byKey.get(text) ?? new Map<string, StoredProvider>()
    this.#byKey.set(text, providers.set(provider, record))
    const keys = this.#byProvider.get(provider) ?? new Map<string, Uint8Array>()
    this.#byProvider.set(provider, keys.set(text, key))
    this.#entries++
    this.#sizeBytes += providerSizeBytes(record)
    this.#earliestExpiry = Math.min(this.#earliestExpiry, record.expiresAt)
    if (provider !== this.#options.localId) this.#evictable.add(text, keyFromBytes(key))
  }

  #unlink(text: string, record: StoredProvider): void {
    const providers = this.#byKey.get(text)
    const keys = this.#byProvider.get(record.provider)
    if (!providers?.delete(record.provider)) return
    if (providers.size === 0) this.#byKey.delete(text)
    keys?.delete(text)
    if (keys?.size === 0) this.#byProvider.delete(record.provider)
    this.#entries--
    this.#sizeBytes -= providerSizeBytes(record)
    if (providers.size === 0 || (providers.size === 1 && providers.has(this.#options.localId))) {
      this.#evictable.remove(text)
    }
  }

  #published({ key, provider }: StoredProvider, change: 'new' | 'refreshed'): void {
    this.#options.publish?.({ type: 'provider:stored', key, provider, change })
  }
}

function copyOf(provider: StoredProvider): StoredProvider {
  return {
    ...provider,
    key: new Uint8Array(provider.key),
    providerBytes: new Uint8Array(provider.providerBytes),
    addrs: provider.addrs.map((addr) => new Uint8Array(addr)),
  }
}

type RecordName = Pick<StoredProvider, 'key' | 'provider'>

/** By key, then by provider id. */
function compareRecords(a: RecordName, b: RecordName): number {
  const byKey = compare(a.key, b.key)
  if (byKey !== 0) return byKey
  return a.provider < b.provider ? -1 : a.provider > b.provider ? 1 : 0
}
