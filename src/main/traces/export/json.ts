import type { Trace } from '../../../shared/contract.ts'
import { TRACE_FORMAT, TRACE_FORMAT_VERSION } from './ndjson.ts'

/** The same as NDJSON holds, as one document to be read by people and small scripts. */
export function json(traces: readonly Trace[]): string {
  const document = { format: TRACE_FORMAT, version: TRACE_FORMAT_VERSION, traces }
  return `${JSON.stringify(document, undefined, 2)}\n`
}
