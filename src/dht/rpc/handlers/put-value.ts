import { equals } from 'uint8arrays/equals'
import type { Peer } from '../../peer.ts'
import type { PrefersOffered, StoredValue } from '../../stores/value-storage.ts'
import { encodeRecord } from '../../wire/codec.ts'
import type { KadRecord, RpcMessage } from '../../wire/message.ts'
import { type Handler, type HandlerContext, RequestRejected, requiredKey } from './handler.ts'

/**
 * PUT_VALUE: key match, sizes, namespace, validate, select against the held
 * value under the key's lock, stamp with our time, store, echo the record as it
 * came. Every refusal resets the stream: no client expects a reply without record.
 */
export const handlePutValue: Handler = async (context, from, request) => {
  const record = checkedRecord(context, request)
  await store(context, from, record)
  return { key: record.key, record: encodeRecord(record) }
}

/** What can be seen without asking a validator. */
function checkedRecord(context: HandlerContext, request: RpcMessage): KadRecord {
  const { settings, validator } = context
  if (!settings.enableValues) throw new RequestRejected('This node keeps no values.')
  const key = requiredKey(request, settings.maxRecordKeyBytes)
  const { record } = request
  if (record === undefined) throw new RequestRejected('The request has no record.')
  if (!equals(record.key, key)) throw new RequestRejected('The record is for another key than the request.')
  if (record.value.length > settings.maxValueSizeBytes) {
    throw new RequestRejected(
      `The value takes ${record.value.length} bytes; at most ${settings.maxValueSizeBytes} are accepted.`,
    )
  }
  if (settings.requireNamespace && !validator.covers(key)) {
    throw new RequestRejected('The key’s namespace has no validator here.')
  }
  return record
}

async function store(context: HandlerContext, from: Peer, record: KadRecord): Promise<void> {
  const { key, value } = record
  await validate(context, from, record)
  const offered = stamped(context, from, record)
  const result = await context.values.put(offered, prefersOffered(context, key, value))
  if (result === 'kept-existing') throw new RequestRejected('A newer value is held.')
  if (result === 'full') throw new RequestRejected('The store is full.')
}

async function validate(context: HandlerContext, from: Peer, { key, value }: KadRecord): Promise<void> {
  try {
    await context.validator.validate(key, value)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    context.publish({ type: 'record:refused', key, from: from.id, reason })
    throw new RequestRejected(`The value was refused: ${reason}`, { cause })
  }
}

/** Times are ours: what the sender wrote is trusted in nothing. */
function stamped({ clock, settings, validator }: HandlerContext, from: Peer, record: KadRecord): StoredValue {
  const { key, value } = record
  const receivedAt = clock.now()
  const ownEnd = validator.expiresAt(key, value) ?? Number.POSITIVE_INFINITY
  return {
    key,
    value,
    receivedAt,
    expiresAt: Math.min(receivedAt + settings.valueTtlMs, ownEnd),
    publisher: from.id,
  }
}

/** A held value that has become invalid loses to any valid one. */
function prefersOffered({ validator }: HandlerContext, key: Uint8Array, value: Uint8Array): PrefersOffered {
  return async (held) => {
    try {
      await validator.validate(key, held.value)
    } catch {
      return true
    }
    return (await validator.select(key, [value, held.value])) === 0
  }
}
