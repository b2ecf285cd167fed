import type { TraceEvent, TraceEventOf } from '../../../shared/trace-event.ts'

/** A request of an operation with everything its trace says of it. At least one of the events is there. */
export interface TraceRequest {
  rpcId: number
  /** 1, 2, 3, … in the order of sending; what the screen calls it. */
  number: number
  peer: string
  /** Milliseconds since the operation began. */
  startMs: number
  /** Absent while it is awaited. */
  endMs: number | undefined
  sent: TraceEventOf<'rpc:sent'> | undefined
  replied: TraceEventOf<'rpc:replied'> | undefined
  failed: TraceEventOf<'rpc:failed'> | undefined
  slow: TraceEventOf<'lookup:slow'> | undefined
  stored: TraceEventOf<'store:answered'> | undefined
  /** The value it brought. */
  value: TraceEventOf<'value:seen'> | undefined
}

export interface PhaseChange {
  phase: TraceEventOf<'lookup:phase'>['phase']
  atMs: number
}

/** A trace, by what it tells of: the one thing that views are derived from. Times in milliseconds since its start. */
export interface TraceModel {
  started: TraceEventOf<'operation:started'> | undefined
  ended: TraceEventOf<'operation:ended'> | undefined
  /** The last moment anything is known of. */
  lastMs: number
  /** In the order of sending. */
  requests: TraceRequest[]
  seeds: TraceEventOf<'lookup:seeded'>['seeds']
  /** Into which phase the lookup went, and when; it begins with `search`, which is not named. */
  phases: PhaseChange[]
  /** When a peer was first named, by id. */
  heardMs: Map<string, number>
  /** Keys of all peers named, hex, by id. */
  keys: Map<string, string>
  values: (TraceEventOf<'value:seen'> & { atMs: number })[]
  selected: TraceEventOf<'value:selected'> | undefined
  providers: (TraceEventOf<'provider:found'> & { atMs: number })[]
}

/**
 * Reads a trace, or what there is of one that still runs. The order of the
 * events, and events that came twice, change nothing; missing ones leave out
 * what only they tell.
 */
export function readTrace(events: readonly TraceEvent[]): TraceModel {
  const sorted = distinct(events)
  const originMs = originOf(sorted)
  const since = (event: TraceEvent) => event.monotonicMs - originMs
  const seeds = ofType(sorted, 'lookup:seeded').flatMap((event) => event.seeds)
  return {
    started: ofType(sorted, 'operation:started')[0],
    ended: ofType(sorted, 'operation:ended')[0],
    lastMs: Math.max(0, ...sorted.slice(-1).map(since)),
    requests: requestsOf(sorted, originMs),
    seeds,
    phases: phaseChanges(sorted, since),
    heardMs: firstNamed(sorted, since),
    keys: keysOf(sorted, seeds),
    values: ofType(sorted, 'value:seen').map((event) => ({ ...event, atMs: since(event) })),
    selected: ofType(sorted, 'value:selected').at(-1),
    providers: ofType(sorted, 'provider:found').map((event) => ({ ...event, atMs: since(event) })),
  }
}

/** The request of the lookup that asked `peer`. */
export function lookupRequestOf(model: TraceModel, peer: string): TraceRequest | undefined {
  return model.requests.find((request) => request.peer === peer && isLookupRequest(request))
}

/** False for requests that store something; those have no place among the hops. */
export function isLookupRequest({ sent, stored, replied, failed }: TraceRequest): boolean {
  if (sent !== undefined) return sent.purpose === 'lookup'
  const type = replied?.messageType ?? failed?.messageType
  return stored === undefined && type !== 'PUT_VALUE' && type !== 'ADD_PROVIDER'
}

/** The first valid value that a peer brought; one held by this node itself took no request. */
export function firstReceivedValue({ values }: TraceModel): TraceModel['values'][number] | undefined {
  return values.find(({ rejected, rpcId }) => rejected === undefined && rpcId !== undefined)
}

/** How long the operation took; while it runs, until `nowMs` or the last event. */
export function durationOf({ ended, lastMs }: TraceModel, nowMs = 0): number {
  return ended?.durationMs ?? Math.max(lastMs, nowMs)
}

/** The events in the order of their time, each once. Equal times: in the order of their text, whatever it is. */
function distinct(events: readonly TraceEvent[]): TraceEvent[] {
  const byText = new Map<string, TraceEvent>()
  for (const event of events) byText.set(identity(event), event)
  return [...byText]
    .sort(([a, first], [b, second]) => first.monotonicMs - second.monotonicMs || (a < b ? -1 : 1))
    .map(([, event]) => event)
}

/** What tells two events apart: messages may be there or not, and there is one such event of a request. */
function identity(event: TraceEvent): string {
  const { type, monotonicMs } = event
  switch (type) {
    case 'lookup:phase':
      return `${type} ${monotonicMs} ${event.phase}`
    case 'value:seen':
      return `${type} ${event.peer} ${event.value}`
    case 'provider:found':
      return `${type} ${event.from} ${event.provider}`
    case 'operation:started':
    case 'operation:ended':
    case 'lookup:seeded':
    case 'value:selected':
      return `${type} ${monotonicMs}`
    default:
      return `${type} ${event.rpcId}`
  }
}

function ofType<T extends TraceEvent['type']>(events: readonly TraceEvent[], type: T): TraceEventOf<T>[] {
  return events.filter((event): event is TraceEventOf<T> => event.type === type)
}

/** When the operation began; without that event, the earliest moment that any other speaks of. */
function originOf(events: readonly TraceEvent[]): number {
  const started = ofType(events, 'operation:started')[0]
  if (started !== undefined) return started.monotonicMs
  const beginnings = events.map((event) => event.monotonicMs - ('durationMs' in event ? event.durationMs : 0))
  return beginnings.length === 0 ? 0 : Math.min(...beginnings)
}

type Draft = Omit<TraceRequest, 'number' | 'startMs' | 'endMs'>

function requestsOf(events: readonly TraceEvent[], originMs: number): TraceRequest[] {
  const drafts = new Map<number, Draft>()
  for (const event of events) {
    if (!('rpcId' in event) || event.rpcId === undefined || event.type === 'rpc:inbound') continue
    if (event.type === 'provider:found') continue
    const draft = drafts.get(event.rpcId) ?? emptyDraft(event.rpcId, event.peer)
    note(draft, event)
    drafts.set(event.rpcId, draft)
  }
  return [...drafts.values()]
    .map((draft) => ({ ...draft, ...timesOf(draft, originMs), number: 0 }))
    .sort((a, b) => a.startMs - b.startMs || a.rpcId - b.rpcId)
    .map((request, index) => ({ ...request, number: index + 1 }))
}

function emptyDraft(rpcId: number, peer: string): Draft {
  const nothing = undefined
  return {
    rpcId,
    peer,
    sent: nothing,
    replied: nothing,
    failed: nothing,
    slow: nothing,
    stored: nothing,
    value: nothing,
  }
}

function note(draft: Draft, event: TraceEvent): void {
  switch (event.type) {
    case 'rpc:sent':
      draft.sent = event
      return
    case 'rpc:replied':
      draft.replied = event
      return
    case 'rpc:failed':
      draft.failed = event
      return
    case 'lookup:slow':
      draft.slow = event
      return
    case 'store:answered':
      draft.stored = event
      return
    case 'value:seen':
      draft.value = event
  }
}

function timesOf(draft: Draft, originMs: number): Pick<TraceRequest, 'startMs' | 'endMs'> {
  const { sent, replied, failed, slow, stored, value } = draft
  const ending = replied ?? failed
  const started = sent?.monotonicMs ?? beginningBefore(ending) ?? beginningBeforeSlow(slow)
  const known = started ?? stored?.monotonicMs ?? value?.monotonicMs ?? originMs
  const endMs = ending?.monotonicMs ?? stored?.monotonicMs
  return {
    startMs: Math.max(0, known - originMs),
    endMs: endMs === undefined ? undefined : Math.max(known, endMs) - originMs,
  }
}

function beginningBefore(ending: Draft['replied'] | Draft['failed']): number | undefined {
  return ending === undefined ? undefined : ending.monotonicMs - ending.durationMs
}

function beginningBeforeSlow(slow: Draft['slow']): number | undefined {
  return slow === undefined ? undefined : slow.monotonicMs - slow.softDeadlineMs
}

function phaseChanges(events: readonly TraceEvent[], since: (event: TraceEvent) => number): PhaseChange[] {
  const changes = ofType(events, 'lookup:phase').map((event) => ({ phase: event.phase, atMs: since(event) }))
  return changes.filter(({ phase }, index) => phase !== (changes[index - 1]?.phase ?? 'search'))
}

function firstNamed(
  events: readonly TraceEvent[],
  since: (event: TraceEvent) => number,
): Map<string, number> {
  const heard = new Map<string, number>()
  const name = (peer: string, atMs: number) => {
    if (!heard.has(peer)) heard.set(peer, atMs)
  }
  for (const event of events) {
    if (event.type === 'lookup:seeded') for (const { peer } of event.seeds) name(peer, since(event))
    if (event.type === 'rpc:replied') for (const { peer } of event.heard) name(peer, since(event))
  }
  return heard
}

function keysOf(events: readonly TraceEvent[], seeds: TraceModel['seeds']): Map<string, string> {
  const keys = new Map(seeds.map(({ peer, key }) => [peer, key]))
  for (const event of events) {
    if (event.type === 'rpc:sent') keys.set(event.peer, event.peerKey)
    if (event.type === 'rpc:replied') for (const { peer, key } of event.heard) keys.set(peer, key)
  }
  return keys
}
