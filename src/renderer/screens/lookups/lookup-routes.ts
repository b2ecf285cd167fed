/** Route of a lookup, with one of its requests chosen. */
export function lookupHref(id: string, rpcId?: number): string {
  const path = `/lookups/${encodeURIComponent(id)}`
  return rpcId === undefined ? path : `${path}?rpc=${rpcId}`
}

/** Route of Records with a key filled in. */
export function recordsHref(keyText: string): string {
  return `/records?key=${encodeURIComponent(keyText)}`
}

/** The id under which a request of a trace is kept: `<run>-r<rpcId>`, the run being that of the trace. */
export function rpcRowId(traceId: string, rpcId: number): string {
  return `${traceId.slice(0, traceId.lastIndexOf('-'))}-r${rpcId}`
}
