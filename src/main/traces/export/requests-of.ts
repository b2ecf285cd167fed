import type { Trace } from '../../../shared/contract.ts'
import type { TraceEventOf } from '../../../shared/trace-event.ts'

/** One request of a trace, put together from its events. */
export interface TracedRequest {
  sent: TraceEventOf<'rpc:sent'>
  /** Absent while it is under way, and where the recording ended before it did. */
  ended?: TraceEventOf<'rpc:replied'> | TraceEventOf<'rpc:failed'>
  /** When its soft deadline passed before it ended. */
  slow?: TraceEventOf<'lookup:slow'>
  /** Of a put or provide: whether the peer stored. */
  stored?: TraceEventOf<'store:answered'>
}

/** The requests of a trace in the order they were sent. An end without its start is left out. */
export function requestsOf({ events }: Pick<Trace, 'events'>): TracedRequest[] {
  const requests = new Map<number, TracedRequest>()
  for (const event of events) {
    if (event.type === 'rpc:sent') requests.set(event.rpcId, { sent: event })
    const request = 'rpcId' in event ? requests.get(event.rpcId ?? -1) : undefined
    if (request === undefined) continue
    if (event.type === 'rpc:replied' || event.type === 'rpc:failed') request.ended ??= event
    else if (event.type === 'lookup:slow') request.slow ??= event
    else if (event.type === 'store:answered') request.stored ??= event
  }
  return [...requests.values()]
}

/** What became of a request, in the words of the outcomes' legend. */
export function outcomeOf({ ended, slow, stored }: TracedRequest): string {
  if (ended === undefined) return slow === undefined ? 'pending' : 'slow'
  if (ended.type === 'rpc:failed') return ended.failure
  if (stored?.ok === false) return stored.failure ?? 'rejected'
  return ended.late ? 'slow' : 'ok'
}
