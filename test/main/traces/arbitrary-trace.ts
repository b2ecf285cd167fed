import fc from 'fast-check'
import type { Trace } from '../../../src/shared/contract.ts'
import type { OperationRow } from '../../../src/shared/rows.ts'
import { messageTypes, type TraceEvent } from '../../../src/shared/trace-event.ts'

const hex32 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'))
const peer = fc.integer({ min: 1, max: 30 }).map((n) => `12D3KooWPeerOfAnArbitraryTrace${n}`)
const ms = fc.integer({ min: 0, max: 50_000 }).map((n) => n / 10)
const timing = fc.record({ dialMs: ms, negotiateMs: ms, waitMs: ms, decodeMs: ms })
const sentence = fc.constantFrom(
  'The stream was reset.',
  '=1+1 is no formula',
  'a "quoted", text\nof two lines',
)

interface Ending {
  kind: 'replied' | 'failed' | 'none'
  isSlow: boolean
  stored: boolean | undefined
  timing: { dialMs: number; negotiateMs: number; waitMs: number; decodeMs: number }
  message: string
}
const ending: fc.Arbitrary<Ending> = fc.record({
  kind: fc.constantFrom('replied', 'failed', 'none'),
  isSlow: fc.boolean(),
  stored: fc.option(fc.boolean(), { nil: undefined }),
  timing,
  message: sentence,
})

const request = fc.record({
  peer,
  peerKey: hex32,
  messageType: fc.constantFrom(...messageTypes),
  startMs: ms,
  hop: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
  cause: fc.option(peer, { nil: undefined }),
  ending,
})

/** Traces as a recorder may leave them: requests that ended, failed, were slow, or are still under way. */
export const arbitraryTrace: fc.Arbitrary<Trace> = fc
  .record({
    number: fc.integer({ min: 1, max: 1000 }),
    key: hex32,
    target: hex32,
    requests: fc.array(request, { maxLength: 20 }),
    isEnded: fc.boolean(),
  })
  .map(({ number, key, target, requests, isEnded }) => {
    const operation: OperationRow = {
      id: `x1-${number}`,
      networkId: 'sandbox',
      kind: 'GET_VALUE',
      key: { kind: 'record', text: '/note/hello', hex: key, target },
      startedAt: 1_700_000_000_000,
      outcome: isEnded ? 'ok' : 'pending',
      result: '3 values',
      counts: { heard: 0, asked: requests.length, replied: 0, failed: 0, slow: 0, stored: 0, hops: 0 },
      ...(isEnded && { durationMs: 6000, reason: 'converged' as const }),
    }
    const started = {
      type: 'operation:started' as const,
      ...timesAt(0),
      operationId: number,
      kind: 'GET_VALUE' as const,
      key,
      target,
      k: 20,
      alpha: 16,
      beta: 3,
    }
    const events = requests.flatMap((made, i) => requestEvents(number, i + 1, key, made))
    const ended = endedEvents(number, isEnded)
    return { operation, events: [started, ...events, ...ended].sort((a, b) => a.monotonicMs - b.monotonicMs) }
  })

function timesAt(startMs: number) {
  return { at: 1_700_000_000_000 + startMs, monotonicMs: 1000 + startMs }
}

function endedEvents(operationId: number, isEnded: boolean): TraceEvent[] {
  if (!isEnded) return []
  const counts = { heard: 1, asked: 1, replied: 1, failed: 0, slow: 0, stored: 0, hops: 1 }
  const ended = { reason: 'converged' as const, durationMs: 11_000, closest: [], counts, result: '3 values' }
  return [{ type: 'operation:ended', ...timesAt(11_000), operationId, ...ended }]
}

function requestEvents(
  operationId: number,
  rpcId: number,
  key: string,
  {
    peer,
    peerKey,
    messageType,
    startMs,
    hop,
    cause,
    ending,
  }: typeof request extends fc.Arbitrary<infer R> ? R : never,
): TraceEvent[] {
  const { timing } = ending
  const durationMs = timing.dialMs + timing.negotiateMs + timing.waitMs + timing.decodeMs
  const of = { rpcId, operationId, peer, messageType }
  const sent: TraceEvent = {
    type: 'rpc:sent',
    ...timesAt(startMs),
    ...of,
    purpose: 'lookup',
    peerKey,
    key,
    ...(hop !== undefined && { hop }),
    ...(cause !== undefined && { cause }),
  }
  const slow: TraceEvent[] = ending.isSlow
    ? [{ type: 'lookup:slow', ...timesAt(startMs + 0.5), operationId, rpcId, peer, softDeadlineMs: 100 }]
    : []
  const end = { ...timesAt(startMs + durationMs), ...of, timing, durationMs, requestSizeBytes: 40 }
  const heard = [{ peer: 'other', key, isNew: true }]
  const ended: Record<Ending['kind'], TraceEvent[]> = {
    none: [],
    failed: [{ type: 'rpc:failed', ...end, failure: 'reset', message: ending.message }],
    replied: [
      {
        type: 'rpc:replied',
        ...end,
        heard,
        dropped: 0,
        hasRecord: true,
        providers: 0,
        late: ending.isSlow,
        replySizeBytes: 900,
        address: '/ip4/127.0.0.1/tcp/4001',
        reply: 'abcd',
      },
    ],
  }
  const stored: TraceEvent[] =
    ending.stored === undefined || ending.kind !== 'replied'
      ? []
      : [
          {
            type: 'store:answered',
            ...timesAt(startMs + durationMs),
            operationId,
            rpcId,
            peer,
            ok: ending.stored,
          },
        ]
  return [sent, ...slow, ...ended[ending.kind], ...stored]
}
