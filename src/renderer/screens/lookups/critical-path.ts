import { isLookupRequest, lookupRequestOf, type TraceModel, type TraceRequest } from './trace-model.ts'

/**
 * The chain of introductions that led to the answer which ended the lookup (or
 * the last one so far): a seed first, each the one who named the next.
 */
export function criticalPath(model: TraceModel): TraceRequest[] {
  const path: TraceRequest[] = []
  const visited = new Set<string>()
  let next = lastAnswer(model)
  while (next !== undefined && !visited.has(next.peer)) {
    path.unshift(next)
    visited.add(next.peer)
    const cause = next.sent?.cause
    next = cause === undefined ? undefined : lookupRequestOf(model, cause)
  }
  return path
}

/** The last answer of the lookup; what came after its soft deadline ended nothing unless nothing else came. */
function lastAnswer({ requests }: TraceModel): TraceRequest | undefined {
  const answered = requests.filter((request) => isLookupRequest(request) && request.replied !== undefined)
  const inTime = answered.filter(({ replied }) => replied?.late === false)
  return (inTime.length > 0 ? inTime : answered).reduce<TraceRequest | undefined>(
    (last, request) => ((request.endMs ?? 0) > (last?.endMs ?? -1) ? request : last),
    undefined,
  )
}
