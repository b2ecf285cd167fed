import type { PeerId } from '@libp2p/interface'
import type { Clock } from '../clock.ts'
import { keyText } from '../key.ts'
import { makeRecord } from '../records/record.ts'
import { systemClock } from '../system-clock.ts'
import type { KadRecord } from '../wire/message.ts'

/** 48 hours: how long a value lives when nothing else is said (libp2p/specs kad-dht). */
export const DEFAULT_VALUE_TTL_SECONDS = 48 * 3600

export interface ValueStoreOptions {
  /** Default: the system's. */
  clock?: Clock
  /** Default 48 h. */
  defaultTtlSeconds?: number
  /** Default 100,000; at the cap the value nearest to expiry leaves. */
  maxEntries?: number
}

/**
 * The value store of py-libp2p's API: synchronous, in memory. The node itself
 * keeps its values in a `ValueStorage`.
 */
export class ValueStore {
  /** The id values are stored for. */
  readonly localPeerId: PeerId
  readonly #clock: Clock
  readonly #defaultTtlSeconds: number
  readonly #maxEntries: number
  readonly #values = new Map<string, { record: KadRecord; expiresAt: number }>()

  /** @param _host - kept for the original's signature; nothing of it is used. */
  constructor(_host: unknown, localPeerId: PeerId, options: ValueStoreOptions = {}) {
    this.localPeerId = localPeerId
    this.#clock = options.clock ?? systemClock
    this.#defaultTtlSeconds = options.defaultTtlSeconds ?? DEFAULT_VALUE_TTL_SECONDS
    this.#maxEntries = options.maxEntries ?? 100_000
  }

  /** Stores `value` for `validity` seconds; 0 means the default. A value under the key is replaced. */
  put(key: Uint8Array, value: Uint8Array, validity = 0): void {
    const text = keyText(key)
    const now = this.#clock.now()
    const ttlSeconds = validity > 0 ? validity : this.#defaultTtlSeconds
    if (!this.#values.has(text) && this.#values.size >= this.#maxEntries) this.#makeRoom()
    this.#values.set(text, { record: makeRecord(key, value, now), expiresAt: now + ttlSeconds * 1000 })
  }

  /** The live record under `key`; undefined when there is none or it has expired. */
  get(key: Uint8Array): KadRecord | undefined {
    const text = keyText(key)
    const held = this.#values.get(text)
    if (held === undefined || this.#isLive(held)) return held?.record
    this.#values.delete(text)
    return undefined
  }

  /** True when `get` would give a record. */
  has(key: Uint8Array): boolean {
    return this.get(key) !== undefined
  }

  /** Removes what has expired; returns how many that were. */
  cleanupExpired(): number {
    const before = this.#values.size
    for (const [text, held] of this.#values) if (!this.#isLive(held)) this.#values.delete(text)
    return before - this.#values.size
  }

  /** Values held, expired ones that were not cleaned up included. */
  size(): number {
    return this.#values.size
  }

  #isLive({ expiresAt }: { expiresAt: number }): boolean {
    return expiresAt > this.#clock.now()
  }

  #makeRoom(): void {
    if (this.cleanupExpired() > 0) return
    let victim: [string, number] | undefined
    for (const [text, { expiresAt }] of this.#values) {
      if (victim === undefined || expiresAt < victim[1]) victim = [text, expiresAt]
    }
    if (victim !== undefined) this.#values.delete(victim[0])
  }
}
