import type { OperationKind, TraceEvent, TraceEventOf } from '../../shared/trace-event.ts'
import type { OperationFindings } from './operation-findings.ts'

/** What an operation came to, as far as its trace tells. */
export function findingsOfTrace(kind: OperationKind, events: readonly TraceEvent[]): OperationFindings {
  const addresses = new Map(ofType(events, 'rpc:replied').map(({ peer, address }) => [peer, address]))
  const found = (id: string) => {
    const address = addresses.get(id)
    return { id, addresses: address === undefined ? [] : [address] }
  }
  const ended = ofType(events, 'operation:ended').at(-1)
  const closest = (ended?.closest ?? []).map(found)
  switch (kind) {
    case 'GET_VALUE':
      return { closest, ...valuesOf(events) }
    case 'FIND_PROVIDERS':
      return { closest, providers: providersOf(events) }
    case 'PUT_VALUE':
    case 'PROVIDE':
    case 'CORRECTION':
      return { closest, stored: storedOf(events) }
    case 'FIND_PEER':
    case 'CLOSEST_PEERS':
    case 'REFRESH':
      return { closest }
  }
}

function valuesOf(events: readonly TraceEvent[]): Pick<OperationFindings, 'value' | 'values'> {
  const values = new Map<string, NonNullable<OperationFindings['values']>[number]>()
  for (const { value, peer, rejected } of ofType(events, 'value:seen')) {
    const seen = values.get(value) ?? { value, holders: [], ...(rejected !== undefined && { rejected }) }
    values.set(value, { ...seen, holders: [...new Set([...seen.holders, peer])] })
  }
  const selected = ofType(events, 'value:selected').at(-1)
  return { values: [...values.values()], ...(selected !== undefined && { value: selected.value }) }
}

function providersOf(events: readonly TraceEvent[]): NonNullable<OperationFindings['providers']> {
  const providers = new Map<string, NonNullable<OperationFindings['providers']>[number]>()
  for (const { provider, addrs, from } of ofType(events, 'provider:found')) {
    const known = providers.get(provider) ?? { id: provider, addresses: [], namedBy: [] }
    providers.set(provider, {
      id: provider,
      addresses: [...new Set([...known.addresses, ...addrs])],
      namedBy: [...new Set([...known.namedBy, from])],
    })
  }
  return [...providers.values()]
}

function storedOf(events: readonly TraceEvent[]): NonNullable<OperationFindings['stored']> {
  return ofType(events, 'store:answered').map(({ peer, ok, failure, message }) => ({
    peer,
    ok,
    ...(failure !== undefined && { failure }),
    ...(message !== undefined && { message }),
  }))
}

function ofType<T extends TraceEvent['type']>(events: readonly TraceEvent[], type: T): TraceEventOf<T>[] {
  return events.filter((event): event is TraceEventOf<T> => event.type === type)
}
