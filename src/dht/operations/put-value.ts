import { equals } from 'uint8arrays/equals'
import { OlderRecordError } from '../errors.ts'
import { makeRecord } from '../records/record.ts'
import { MessageType, type RpcMessage } from '../wire/message.ts'
import { findNode } from './closest-peers.ts'
import type { DhtContext } from './context.ts'
import { type OperationOptions, type OperationResult, runOperation } from './operation.ts'
import { checkRecordKey, checkValue, prefersOffered } from './record-rules.ts'
import { countStored, type PeerStoreResult, type StoreFailure, storeAtPeers } from './store-at-peers.ts'

export interface PutValueOptions extends OperationOptions {
  /** How long our own copy is kept, in milliseconds. Default: the settings' `valueTtlMs`. */
  ttlMs?: number
  /** Called with each peer's answer as it comes. */
  onStored?: (result: PeerStoreResult) => void
}

export interface PutValueResult extends OperationResult {
  /** Peers that hold it now, ours not counted. */
  stored: number
  /** Peers it was sent to. */
  of: number
  /** Nearest to the key first. */
  peers: PeerStoreResult[]
}

/**
 * Publishes a value: validates it, keeps it here, and stores it at the k
 * nearest peers. Throws before anything is sent: `InvalidRecordError` (or
 * what else the validator says), `OlderRecordError` when the value held here
 * is newer, `InvalidArgumentError`. Throws `CancelledError`.
 */
export function putValue(
  context: DhtContext,
  key: Uint8Array,
  value: Uint8Array,
  options: PutValueOptions = {},
): Promise<PutValueResult> {
  const { onStored } = options
  return runOperation(context, 'PUT_VALUE', key, options, async (operation) => {
    checkRecordKey(context, key)
    await checkValue(context, key, value)
    await storeLocally(context, key, value, options.ttlMs ?? context.settings.valueTtlMs)
    const { closest } = await operation.lookup({ message: findNode(key) })
    const peers = await storeAtPeers(context, closest, {
      operationId: operation.id,
      message: putMessage(context, key, value),
      purpose: 'store',
      reply: 'expected',
      judge: (reply) => judgeEcho(reply, value),
      ...operation.withSignal,
      ...(onStored !== undefined && { onStored }),
    })
    const stored = countStored(peers)
    return {
      value: { stored, of: peers.length, peers },
      result: `stored on ${stored} of ${peers.length}`,
      stored,
    }
  })
}

/** A PUT_VALUE request with a fresh record. */
export function putMessage({ clock }: DhtContext, key: Uint8Array, value: Uint8Array): RpcMessage {
  const record = makeRecord(key, value, clock.now())
  return { type: MessageType.PUT_VALUE, key, record, closerPeers: [], providerPeers: [] }
}

/** A peer that stored echoes the record; one that did not (py-libp2p) answers without, or resets the stream. */
export function judgeEcho(
  reply: RpcMessage | undefined,
  value: Uint8Array,
): { failure: StoreFailure; message: string } | undefined {
  if (reply?.record === undefined) {
    return { failure: 'rejected', message: 'The peer answered without the record: it did not store it.' }
  }
  if (equals(reply.record.value, value)) return undefined
  return { failure: 'mismatch', message: 'The peer answered with another value than the one it was sent.' }
}

async function storeLocally(
  context: DhtContext,
  key: Uint8Array,
  value: Uint8Array,
  ttlMs: number,
): Promise<void> {
  const now = context.clock.now()
  const own = { key, value, receivedAt: now, expiresAt: now + ttlMs, publisher: context.network.self.id }
  const result = await context.values.put(own, (held) => prefersOffered(context, key, value, held.value))
  if (result !== 'kept-existing') return
  throw new OlderRecordError(
    'The value held under this key is newer than the one given. Publish a newer one.',
  )
}
