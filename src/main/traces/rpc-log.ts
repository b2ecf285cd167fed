import type { DhtEvent } from '../../dht/events.ts'
import { type Key, sharedPrefixLen } from '../../dht/key.ts'
import { hexText } from '../../shared/byte-text.ts'
import type { Outcome, RpcRow } from '../../shared/rows.ts'
import type { InboundOutcome, RequestFailure } from '../../shared/trace-event.ts'
import type { StoredRpc } from '../db/storages.ts'

type Sent = Extract<DhtEvent, { type: 'rpc:sent' }>
type Replied = Extract<DhtEvent, { type: 'rpc:replied' }>
type Failed = Extract<DhtEvent, { type: 'rpc:failed' }>
type Inbound = Extract<DhtEvent, { type: 'rpc:inbound' }>

export interface RpcLogInit {
  /** sha256 of this node's id. */
  localKey: Key
  rpcId(rpcId: number): string
  traceId(operationId: number): string
}

/** Requests under way, at most; the oldest beyond it is forgotten: its end was dropped, or is long overdue. */
const MAX_OPEN = 10_000

/** Turns the events of requests into one row each, made when the request has ended. */
export class RpcLog {
  readonly #init: RpcLogInit
  readonly #open = new Map<number, Sent>()
  readonly #slow = new Set<number>()

  constructor(init: RpcLogInit) {
    this.#init = init
  }

  /** The row of a request that ended with this event, with its messages. */
  apply(event: DhtEvent): StoredRpc | undefined {
    switch (event.type) {
      case 'rpc:sent':
        this.#begin(event)
        return undefined
      case 'lookup:slow':
        this.#slow.add(event.rpcId)
        return undefined
      case 'rpc:replied':
      case 'rpc:failed':
        return this.#outbound(event)
      case 'rpc:inbound':
        return this.#inbound(event)
      default:
        return undefined
    }
  }

  #begin(event: Sent): void {
    this.#open.set(event.rpcId, event)
    if (this.#open.size <= MAX_OPEN) return
    const [oldest = 0] = this.#open.keys()
    this.#open.delete(oldest)
    this.#slow.delete(oldest)
  }

  #outbound(event: Replied | Failed): StoredRpc {
    const { rpcId, operationId, messageType, durationMs, peer, requestBytes } = event
    const sent = this.#open.get(rpcId)
    this.#open.delete(rpcId)
    const isSlow = this.#slow.delete(rpcId)
    return {
      id: this.#init.rpcId(rpcId),
      direction: 'out',
      at: sent?.at ?? event.at,
      type: messageType,
      peer,
      cpl: sent === undefined ? 0 : sharedPrefixLen(sent.peerKey, this.#init.localKey),
      durationMs,
      requestSizeBytes: requestBytes?.length ?? 0,
      replySizeBytes: 0,
      ...(sent !== undefined && { purpose: sent.purpose, key: hexText(sent.key) }),
      ...(operationId !== undefined && { operationId: this.#init.traceId(operationId) }),
      ...(requestBytes !== undefined && { request: requestBytes }),
      ...(event.type === 'rpc:failed' ? failureFields(event) : replyFields(event, isSlow)),
    }
  }

  #inbound(event: Inbound): StoredRpc {
    const { rpcId, peer, peerKey, messageType, key, outcome, reason, durationMs } = event
    const { requestSizeBytes, replySizeBytes, requestBytes, replyBytes } = event
    return {
      id: this.#init.rpcId(rpcId),
      direction: 'in',
      at: event.at - durationMs,
      type: messageType,
      peer,
      cpl: sharedPrefixLen(peerKey, this.#init.localKey),
      outcome: inboundOutcomes[outcome],
      durationMs,
      requestSizeBytes,
      replySizeBytes,
      ...(key !== undefined && { key: hexText(key) }),
      ...(reason !== undefined && { reason }),
      ...(requestBytes !== undefined && { request: requestBytes }),
      ...(replyBytes !== undefined && { reply: replyBytes }),
    }
  }
}

/** A row without the bytes of its messages. */
export function rowOf({ request: _request, reply: _reply, ...row }: StoredRpc): RpcRow {
  return row
}

type ReplyFields = Pick<StoredRpc, 'outcome' | 'replySizeBytes' | 'reply'>

function replyFields({ late, replyBytes }: Replied, isSlow: boolean): ReplyFields {
  const outcome = late || isSlow ? 'slow' : 'ok'
  return replyBytes === undefined
    ? { outcome, replySizeBytes: 0 }
    : { outcome, replySizeBytes: replyBytes.length, reply: replyBytes }
}

function failureFields({ failure, message }: Failed): Pick<StoredRpc, 'outcome' | 'reason'> {
  return { outcome: failureOutcomes[failure], reason: message }
}

const failureOutcomes: Record<RequestFailure, Outcome> = {
  dial: 'timeout',
  'no-address': 'rejected',
  unsupported: 'rejected',
  timeout: 'timeout',
  reset: 'reset',
  invalid: 'rejected',
  cancelled: 'cancelled',
}

const inboundOutcomes: Record<InboundOutcome, Outcome> = {
  ok: 'ok',
  rejected: 'rejected',
  limited: 'rejected',
  malformed: 'rejected',
  aborted: 'reset',
  error: 'rejected',
}
