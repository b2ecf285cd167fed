import type { PrivateKey } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { MultiaddrFilter } from './address-filter.ts'
import type { Clock } from './clock.ts'
import type { DhtSettings } from './operations/settings.ts'
import type { Peer } from './peer.ts'
import type { Random } from './random.ts'
import type { Validator } from './records/validator.ts'
import type { DiversityLimits } from './routing-table/diversity.ts'
import type { InboundLimits } from './rpc/inbound-streams.ts'
import type { RequestRates } from './rpc/limits.ts'
import type { ServerSettings } from './rpc/server-settings.ts'
import type { ProviderStorage } from './stores/provider-storage.ts'
import type { StorageOptions, ValueStorage } from './stores/value-storage.ts'

/** Where a node keeps what it holds for others. */
export interface Stores {
  values: ValueStorage
  providers: ProviderStorage
}

/** Limits on what others may ask of a server. */
export interface ServerLimits {
  /** Requests of one peer by type; false lifts them, which is for measuring only. */
  rates?: Partial<RequestRates> | false
  inbound?: Partial<InboundLimits>
}

/** Options of a `KadDHT`. The first six are the original's. */
export interface KadDHTOptions {
  /** Looks up random keys now and then, to meet peers. Default false. */
  enableRandomWalk?: boolean
  /** Default: a `NamespacedValidator` with `/pk` and `/ipns`. */
  validator?: Validator
  /** True: the validator is the caller's choice, and no fallbacks are added to it. Default false. */
  validatorChanged?: boolean
  /** Default `/ipfs`: the protocol id becomes `/ipfs/kad/1.0.0`. */
  protocolPrefix?: string
  /** Default true. */
  enableProviders?: boolean
  /** Default true. */
  enableValues?: boolean

  /** The whole protocol id, in place of `protocolPrefix`. */
  protocol?: string
  /** Which gossiped addresses may be dialled or handed on. Default: all. */
  addressFilter?: MultiaddrFilter
  /** Caps on table entries of one subnet. Default: 2 in a bucket, 3 in the table; 0 lifts one. */
  diversity?: Partial<DiversityLimits>
  /** Overrides the validator's own flag: whether keys without rules are refused. Default: as the validator says. */
  strictValidation?: boolean
  /** Numbers of lookups and records; `DEFAULT_SETTINGS`. */
  settings?: Partial<DhtSettings>
  /** Numbers of the server; `SERVER_DEFAULTS`. */
  server?: Partial<ServerSettings>
  limits?: ServerLimits
  /** Ready-made, or made with what the node gives them. Default: in memory. They are closed by who made them. */
  stores?: Stores | ((options: Required<StorageOptions>) => Stores)
  /** Addresses of peers to begin with; asked at the start and again while the table is empty. */
  bootstrap?: readonly (Multiaddr | string)[]
  /** Peers of the table at the last stop. Each is probed after the start, before it enters the table. */
  restored?: readonly Peer[]
  /** Keys given as text are sent as their UTF-8 bytes, as py-libp2p 0.7 does. Default false: canonical bytes. */
  textKeys?: boolean
  /** Signs our peer record for peers that send theirs (py-libp2p). Default: none is sent. */
  privateKey?: PrivateKey
  /** How often the table is refreshed, in milliseconds; 0 never once somebody is in it. Default 10 minutes. */
  refreshIntervalMs?: number
  /** A table entry unheard for this long is asked whether it lives, in milliseconds. Default 10 minutes. */
  livenessAfterMs?: number
  /** False: nobody is looked up or asked to keep the table; it is the caller's to fill. Default true. */
  maintainTable?: boolean
  /** How often what this node published is published again, in milliseconds. Default 22 hours. */
  republishIntervalMs?: number
  /** Default: the system's. */
  clock?: Clock
  /** Default: the system's. */
  random?: Random
}

/** The protocol id that options ask for. */
export function protocolOf({ protocol, protocolPrefix = '/ipfs' }: KadDHTOptions): string {
  return protocol ?? `${protocolPrefix}/kad/1.0.0`
}
