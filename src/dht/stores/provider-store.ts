import type { PeerId } from '@libp2p/interface'
import type { Clock } from '../clock.ts'
import { keyText } from '../key.ts'
import type { PeerInfo } from '../peer.ts'
import { systemClock } from '../system-clock.ts'
import { ProviderRecord } from './provider-record.ts'

/** What `ProviderStore.findProviders` asks the network through; a `KadDHT` is one. */
export interface ProviderRouting {
  findProviders(key: Uint8Array, count: number): Promise<PeerInfo[]>
}

export interface ProviderStoreOptions {
  /** Default: the system's. */
  clock?: Clock
  /** Default 100; at the cap the provider heard longest ago leaves. */
  maxProvidersPerKey?: number
}

interface ProvidersOfKey {
  readonly key: Uint8Array
  /** By base58btc id, heard longest ago first. */
  readonly records: Map<string, ProviderRecord>
}

/**
 * The provider store of py-libp2p's API: synchronous, in memory. The node
 * itself keeps its provider records in a `ProviderStorage`.
 */
export class ProviderStore {
  readonly #routing: ProviderRouting | undefined
  readonly #clock: Clock
  readonly #maxProvidersPerKey: number
  readonly #byKey = new Map<string, ProvidersOfKey>()

  /**
   * @param _host - kept for the original's signature; nothing of it is used.
   * @param routing - how `findProviders` reaches the network; without it only local records are found.
   */
  constructor(_host: unknown, routing?: ProviderRouting, options: ProviderStoreOptions = {}) {
    this.#routing = routing
    this.#clock = options.clock ?? systemClock
    this.#maxProvidersPerKey = options.maxProvidersPerKey ?? 100
  }

  /** Adds a provider of `key`, or refreshes it: its addresses and its time are replaced. */
  addProvider(key: Uint8Array, provider: PeerInfo): void {
    const text = keyText(key)
    const held = this.#byKey.get(text) ?? {
      key: new Uint8Array(key),
      records: new Map<string, ProviderRecord>(),
    }
    const id = provider.id.toString()
    held.records.delete(id)
    const [oldest] = held.records.keys()
    if (oldest !== undefined && held.records.size >= this.#maxProvidersPerKey) held.records.delete(oldest)
    held.records.set(id, new ProviderRecord(provider, undefined, this.#clock))
    this.#byKey.set(text, held)
  }

  /** Live providers of `key`; those heard more than 24 hours ago come without addresses. */
  getProviders(key: Uint8Array): PeerInfo[] {
    const held = this.#byKey.get(keyText(key))
    return [...(held?.records.values() ?? [])]
      .filter((record) => !record.isExpired())
      .map((record) => ({
        id: record.peerId,
        multiaddrs: record.hasFreshAddresses() ? record.addresses : [],
      }))
  }

  /** Keys a peer has live records for. */
  getProvidedKeys(peerId: PeerId): Uint8Array[] {
    const id = peerId.toString()
    return [...this.#byKey.values()]
      .filter(({ records }) => records.get(id)?.isExpired() === false)
      .map(({ key }) => key)
  }

  /**
   * At most `count` distinct providers: local ones first, then what the network
   * says. What others told is returned and never stored (protocol.md §8, 27).
   */
  async findProviders(key: Uint8Array, count = 20): Promise<PeerInfo[]> {
    const found = new Map(this.getProviders(key).map((provider) => [provider.id.toString(), provider]))
    if (found.size < count && this.#routing !== undefined) {
      for (const provider of await this.#routing.findProviders(key, count)) {
        if (!found.has(provider.id.toString())) found.set(provider.id.toString(), provider)
      }
    }
    return [...found.values()].slice(0, count)
  }

  /** Removes expired records; returns how many that were. */
  cleanupExpired(): number {
    let removed = 0
    for (const [text, { records }] of this.#byKey) {
      for (const [id, record] of records) {
        if (record.isExpired() && records.delete(id)) removed++
      }
      if (records.size === 0) this.#byKey.delete(text)
    }
    return removed
  }

  /** Keys with records. */
  size(): number {
    return this.#byKey.size
  }
}
