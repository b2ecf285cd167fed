import type { RequestFailure, RequestTiming } from './network.ts'
import type { MessageTypeName } from './wire/message.ts'

/** What a node is asked to do, by name. `REFRESH` and `BOOTSTRAP` are the node's own lookups. */
export type OperationKind =
  | 'FIND_PEER'
  | 'CLOSEST_PEERS'
  | 'GET_VALUE'
  | 'PUT_VALUE'
  | 'PROVIDE'
  | 'FIND_PROVIDERS'
  | 'REFRESH'
  | 'CORRECTION'

/** Why a lookup ended (protocol.md §4). */
export type LookupEndReason =
  /** The k nearest live peers have all answered. */
  | 'converged'
  /** Nobody is left to ask. */
  | 'starved'
  /** The caller has what it wanted: the peer, the quorum, enough providers. */
  | 'stopped'
  | 'cancelled'
  /** The lookup's own time limit. */
  | 'timeout'
  /** The lookup's own limit of requests. */
  | 'limit'

/** Why an operation ended: its lookup's reason, or it never got so far. */
export type OperationEndReason = LookupEndReason | 'refused' | 'local' | 'failed'

/** Why a routing-table entry came, went or was kept out. */
export type TableReason =
  /** It answered the admission probe. */
  | 'probe'
  /** It answered a request of a lookup of ours. */
  | 'lookup'
  /** It was in the table before the last stop and answered again. */
  | 'restored'
  /** Added by the caller, unverified. */
  | 'manual'
  /** From the replacement cache, into a seat that became free. */
  | 'promoted'
  /** Two failed requests in a row. */
  | 'two-strikes'
  /** It turned out not to serve the protocol (any more). */
  | 'not-server'
  | 'bucket-full'
  | 'diversity'
  | 'removed-by-user'
  | 'blocked'
  | 'cleared'

/** How much is known of an entry. live: answered lately; unverified: never; stale: one strike, or unheard for long. */
export type TableEntryState = 'live' | 'unverified' | 'stale'

/** What a server did with an inbound request. */
export type InboundOutcome =
  | 'ok'
  /** A rule or a validator said no; the stream was reset. */
  | 'rejected'
  /** Refused by a limit before it was looked at. */
  | 'limited'
  /** Not a message. */
  | 'malformed'
  /** The requester went away or was too slow. */
  | 'aborted'
  /** Our own fault; the stream was reset, the node goes on. */
  | 'error'

interface Timed {
  /** Wall time, milliseconds since the epoch. */
  at: number
  /** Monotonic time in milliseconds, fractions kept; durations are differences of it. */
  monotonicMs: number
}

/**
 * Everything worth seeing, as plain data in the past tense. Peers are named by
 * their base58btc id; keys and messages are bytes (they become text once, at
 * the border). Ids: `operationId` counts operations of this node, `rpcId`
 * counts its requests in either direction; both begin at 1 at every start.
 */
export type DhtEvent = Timed &
  (OperationEvent | RpcEvent | InboundEvent | TableEvent | StoreEvent | NodeEvent)

export type OperationEvent =
  | {
      type: 'operation:started'
      operationId: number
      kind: OperationKind
      /** The key as asked for: record key, multihash, or peer id bytes. */
      key: Uint8Array
      /** sha256 of it, 32 bytes. */
      target: Uint8Array
      k: number
      alpha: number
      beta: number
      /** The operation that caused this one (a correction after a get). */
      parentId?: number
    }
  | {
      type: 'lookup:seeded'
      operationId: number
      seeds: {
        peer: string
        key: Uint8Array
        from: 'table' | 'cache' | 'connected' | 'peer-store' | 'given'
      }[]
    }
  | {
      type: 'lookup:phase'
      operationId: number
      /** search: until the β nearest have answered. follow-up: hearing the rest of the nearest. */
      phase: 'search' | 'follow-up' | 'stragglers'
    }
  /** The soft deadline of a request passed: its slot was released, a late reply still counts. */
  | { type: 'lookup:slow'; operationId: number; rpcId: number; peer: string; softDeadlineMs: number }
  | {
      type: 'value:seen'
      operationId: number
      /** Absent when it came from our own store. */
      rpcId?: number
      peer: string
      value: Uint8Array
      /** Absent when valid; else the validator's sentence. */
      rejected?: string
    }
  | {
      type: 'value:selected'
      operationId: number
      value: Uint8Array
      holders: number
      of: number
      reason: string
    }
  | {
      type: 'provider:found'
      operationId: number
      rpcId?: number
      /** Who told us. */
      from: string
      provider: string
      addrs: Uint8Array[]
    }
  | {
      /** The per-peer result of a put or provide. */
      type: 'store:answered'
      operationId: number
      rpcId: number
      peer: string
      ok: boolean
      /** Absent when ok. */
      failure?: RequestFailure | 'rejected' | 'mismatch'
      message?: string
    }
  | {
      type: 'operation:ended'
      operationId: number
      reason: OperationEndReason
      durationMs: number
      /** Nearest first. */
      closest: string[]
      counts: {
        heard: number
        asked: number
        replied: number
        failed: number
        slow: number
        stored: number
        hops: number
      }
      /** What it came to, in a few words: `stored on 18 of 20`. */
      result: string
      /** Code and sentence of what was thrown, when it was. */
      error?: { code: string; message: string }
    }

/** Our requests, whether or not an operation caused them. */
export type RpcEvent =
  | {
      type: 'rpc:sent'
      rpcId: number
      /** Absent for probes, liveness checks and hand-made requests. */
      operationId?: number
      purpose: 'lookup' | 'store' | 'probe' | 'liveness' | 'manual' | 'correction'
      peer: string
      peerKey: Uint8Array
      messageType: MessageTypeName
      key: Uint8Array
      /** Who introduced the peer; absent for a seed. */
      cause?: string
      /** Hops from a seed, which is 0. */
      hop?: number
    }
  | {
      type: 'rpc:replied'
      rpcId: number
      operationId?: number
      peer: string
      messageType: MessageTypeName
      timing: RequestTiming
      durationMs: number
      address?: string
      /** Closer peers it named that we may use; `isNew` when nobody named them before. */
      heard: { peer: string; key: Uint8Array; isNew: boolean }[]
      /** Entries left out: damaged, ourselves, over the cap, no usable address. */
      dropped: number
      hasRecord: boolean
      providers: number
      /** True when it came after the soft deadline. */
      late: boolean
      requestBytes: Uint8Array
      replyBytes?: Uint8Array
    }
  | {
      type: 'rpc:failed'
      rpcId: number
      operationId?: number
      peer: string
      messageType: MessageTypeName
      failure: RequestFailure
      message: string
      timing: RequestTiming
      durationMs: number
      requestBytes?: Uint8Array
    }

/** One request of somebody else, published when it is answered. */
export type InboundEvent = {
  type: 'rpc:inbound'
  rpcId: number
  peer: string
  peerKey: Uint8Array
  /** `UNKNOWN` when the frame could not be decoded. */
  messageType: MessageTypeName | 'UNKNOWN'
  key?: Uint8Array
  outcome: InboundOutcome
  /** Absent when ok; else why, in a sentence. */
  reason?: string
  durationMs: number
  requestSizeBytes: number
  replySizeBytes: number
  requestBytes?: Uint8Array
  replyBytes?: Uint8Array
}

export type TableEvent =
  | {
      type: 'table:added'
      peer: string
      key: Uint8Array
      addrs: Uint8Array[]
      cpl: number
      state: TableEntryState
      reason: TableReason
    }
  | {
      type: 'table:removed'
      peer: string
      key: Uint8Array
      cpl: number
      reason: TableReason
      replacedBy?: string
    }
  | {
      type: 'table:changed'
      peer: string
      key: Uint8Array
      cpl: number
      state: TableEntryState
      addrs?: Uint8Array[]
    }
  | { type: 'table:refused'; peer: string; cpl: number; reason: TableReason }
  /** A peer entered or left a bucket's replacement cache. */
  | { type: 'table:replacement'; peer: string; cpl: number; change: 'added' | 'removed' }
  | { type: 'table:split'; cpl: number; buckets: number }

export type StoreEvent =
  | {
      type: 'record:stored'
      key: Uint8Array
      sizeBytes: number
      from: string
      change: 'new' | 'replaced' | 'refreshed'
    }
  | { type: 'record:refused'; key: Uint8Array; from: string; reason: string }
  | { type: 'record:removed'; key: Uint8Array; why: 'expired' | 'cap' | 'user' | 'validator' }
  | { type: 'provider:stored'; key: Uint8Array; provider: string; change: 'new' | 'refreshed' }
  | { type: 'provider:refused'; key: Uint8Array; provider: string; reason: string }
  | { type: 'provider:removed'; key: Uint8Array; provider: string; why: 'expired' | 'cap' | 'user' }

export type NodeEvent =
  | {
      type: 'mode:changed'
      mode: 'CLIENT' | 'SERVER'
      configured: 'CLIENT' | 'SERVER' | 'AUTO'
      evidence: string
    }
  | { type: 'limit:hit'; limit: string; peer?: string; message: string }
  | {
      type: 'maintenance:done'
      task: 'refresh' | 'liveness' | 'expiry' | 'republish' | 'reprovide'
      durationMs: number
      result: string
    }
  | { type: 'warning'; message: string; peer?: string }

/** Distributes an event type over the union, so that publishers need not give the times. */
type Untimed<E> = E extends Timed ? Omit<E, 'at' | 'monotonicMs'> : never
export type UntimedDhtEvent = Untimed<DhtEvent>

/** Publishes an event; the two times are added here and nowhere else. */
export type Publish = (event: UntimedDhtEvent) => void
