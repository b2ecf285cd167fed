import { multiaddr } from '@multiformats/multiaddr'
import { base64 } from 'multiformats/bases/base64'
import type { DhtEvent } from '../../dht/events.ts'
import { hexText } from '../../shared/byte-text.ts'
import type { TraceEvent } from '../../shared/trace-event.ts'

/** The events that traces and the RPC log are made of. */
export type RecordedEvent = Extract<DhtEvent, { type: TraceEvent['type'] }>

/**
 * An event as text, the one place where its bytes become that. The messages of
 * RPCs are left out: they are kept once, with the RPC (`withMessages`).
 */
export function textOfEvent(event: RecordedEvent): TraceEvent {
  switch (event.type) {
    case 'operation:started':
      return { ...event, key: hex(event.key), target: hex(event.target) }
    case 'lookup:seeded':
      return { ...event, seeds: event.seeds.map((seed) => ({ ...seed, key: hex(seed.key) })) }
    case 'value:seen':
    case 'value:selected':
      return { ...event, value: base64Text(event.value) }
    case 'provider:found':
      return { ...event, addrs: event.addrs.map(addressText) }
    case 'rpc:sent':
      return { ...event, peerKey: hex(event.peerKey), key: hex(event.key) }
    case 'rpc:replied': {
      const { requestBytes, replyBytes, ...rest } = event
      const sizes = { requestSizeBytes: requestBytes.length, replySizeBytes: replyBytes?.length ?? 0 }
      return { ...rest, ...sizes, heard: event.heard.map((one) => ({ ...one, key: hex(one.key) })) }
    }
    case 'rpc:failed': {
      const { requestBytes, ...rest } = event
      return { ...rest, requestSizeBytes: requestBytes?.length ?? 0 }
    }
    case 'rpc:inbound': {
      const { requestBytes: _request, replyBytes: _reply, key, ...rest } = event
      return { ...rest, peerKey: hex(event.peerKey), ...(key !== undefined && { key: hex(key) }) }
    }
    default:
      return event
  }
}

/** The same event with the messages of its RPC, where they were kept. */
export function withMessages(
  event: TraceEvent,
  messages: { request?: Uint8Array; reply?: Uint8Array },
): TraceEvent {
  const request = messages.request === undefined ? {} : { request: hex(messages.request) }
  if (event.type === 'rpc:failed') return { ...event, ...request }
  if (event.type !== 'rpc:replied' && event.type !== 'rpc:inbound') return event
  return { ...event, ...request, ...(messages.reply !== undefined && { reply: hex(messages.reply) }) }
}

/** Text of a binary multiaddr; `0x…` when it is none. */
export function addressText(bytes: Uint8Array): string {
  try {
    return multiaddr(bytes).toString()
  } catch {
    return `0x${hex(bytes)}`
  }
}

/** Bytes as base64 with padding. */
export function base64Text(bytes: Uint8Array): string {
  const text = base64.baseEncode(bytes)
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}

const recordedTypes: ReadonlySet<DhtEvent['type']> = new Set<TraceEvent['type']>([
  'operation:started',
  'lookup:seeded',
  'lookup:phase',
  'lookup:slow',
  'value:seen',
  'value:selected',
  'provider:found',
  'store:answered',
  'operation:ended',
  'rpc:sent',
  'rpc:replied',
  'rpc:failed',
  'rpc:inbound',
])

export function isRecorded(event: DhtEvent): event is RecordedEvent {
  return recordedTypes.has(event.type)
}

const hex = hexText
