import { equals } from 'uint8arrays/equals'
import { encodeRecord } from '../wire/codec.ts'
import type { KadRecord } from '../wire/message.ts'

/** A record stamped with `receivedAtMs` (milliseconds since the epoch) as RFC 3339 UTC. */
export function makeRecord(key: Uint8Array, value: Uint8Array, receivedAtMs: number): KadRecord {
  return { key, value, timeReceived: new Date(receivedAtMs).toISOString() }
}

/** The same, encoded as it stands in field 3 of a message. */
export function encodeStampedRecord(key: Uint8Array, value: Uint8Array, receivedAtMs: number): Uint8Array {
  return encodeRecord(makeRecord(key, value, receivedAtMs))
}

/**
 * When the holder says it received the record, in milliseconds since the
 * epoch: RFC 3339 from go and js, Unix seconds as text from py. Undefined when
 * it says nothing that can be read (rust). For showing; trust it in nothing.
 */
export function readTimeReceived(record: Pick<KadRecord, 'timeReceived'>): number | undefined {
  const text = record.timeReceived.trim()
  if (text === '') return undefined
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  return Number.isFinite(ms) ? ms : undefined
}

/** True when both hold the same value under the same key; times and extensions do not matter. */
export function isSameRecord(a: KadRecord, b: KadRecord): boolean {
  return equals(a.key, b.key) && equals(a.value, b.value)
}
