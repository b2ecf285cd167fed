import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../clock.ts'
import type { PeerInfo } from '../peer.ts'
import { systemClock } from '../system-clock.ts'

/** 48 hours: how long a provider record lives (libp2p/specs kad-dht). */
export const PROVIDER_TTL_SECONDS = 48 * 3600
/** 22 hours: when a provider should say so again. */
export const PROVIDER_REPUBLISH_SECONDS = 22 * 3600
/** 24 hours: how long a provider's addresses are handed out. */
export const PROVIDER_ADDRESS_TTL_SECONDS = 24 * 3600

/** One provider and when it was last heard to be one (py-libp2p's API). */
export class ProviderRecord {
  readonly providerInfo: PeerInfo
  /** Seconds since the Unix epoch, fractions allowed. */
  readonly timestamp: number
  readonly #clock: Clock

  /** @param timestamp - seconds since the Unix epoch; default now. */
  constructor(providerInfo: PeerInfo, timestamp?: number, clock: Clock = systemClock) {
    this.providerInfo = providerInfo
    this.timestamp = timestamp ?? clock.now() / 1000
    this.#clock = clock
  }

  get peerId(): PeerId {
    return this.providerInfo.id
  }

  get addresses(): Multiaddr[] {
    return this.providerInfo.multiaddrs
  }

  /** True from 48 hours after `timestamp` on. */
  isExpired(): boolean {
    return this.#ageSeconds() >= PROVIDER_TTL_SECONDS
  }

  /** True when the record is older than `intervalSeconds` (default 22 h). */
  shouldRepublish(intervalSeconds = PROVIDER_REPUBLISH_SECONDS): boolean {
    return this.#ageSeconds() > intervalSeconds
  }

  /** True while the addresses may be handed out: the first 24 hours. */
  hasFreshAddresses(): boolean {
    return this.#ageSeconds() < PROVIDER_ADDRESS_TTL_SECONDS
  }

  #ageSeconds(): number {
    return (this.#clock.now() - Math.round(this.timestamp * 1000)) / 1000
  }
}
