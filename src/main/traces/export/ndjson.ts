import type { Trace } from '../../../shared/contract.ts'

/** First words of every file of our own. */
export const TRACE_FORMAT = 'kadscope-trace'

/** Raised when an older reader would misread a file. */
export const TRACE_FORMAT_VERSION = 1

/**
 * The lossless format (docs/trace-format.md): a header line, then for each
 * trace its operation and its events, a line each, then a line that counts
 * them, by which a reader knows that nothing was cut off.
 */
export function ndjson(traces: readonly Trace[]): string {
  const header = { format: TRACE_FORMAT, version: TRACE_FORMAT_VERSION }
  const events = traces.reduce((sum, trace) => sum + trace.events.length, 0)
  const end = { end: { traces: traces.length, events } }
  return [header, ...traces.flatMap(linesOf), end].map((line) => `${JSON.stringify(line)}\n`).join('')
}

function linesOf({ operation, events }: Trace): object[] {
  const trace = operation.id
  return [{ trace, operation }, ...events.map((event) => ({ trace, event }))]
}
