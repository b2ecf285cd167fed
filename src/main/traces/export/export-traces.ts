import type { ExportFormat, Trace } from '../../../shared/contract.ts'
import { chromeTrace } from './chrome-trace.ts'
import { csv } from './csv.ts'
import { json } from './json.ts'
import { ndjson } from './ndjson.ts'
import { Redactor } from './redactor.ts'

export interface ExportOptions {
  /** Replaces peer ids, addresses, keys and values, the same by the same within the file. Default false. */
  redact?: boolean
}

/** A file as it is handed to whoever asked for it. */
export interface ExportedFile {
  /** Without a folder, fit for every file system. */
  fileName: string
  mediaType: string
  text: string
}

interface Format {
  extension: string
  mediaType: string
  write(traces: readonly Trace[]): string
}

const formats: Record<ExportFormat, Format> = {
  ndjson: { extension: 'ndjson', mediaType: 'application/x-ndjson', write: ndjson },
  json: { extension: 'json', mediaType: 'application/json', write: json },
  csv: { extension: 'csv', mediaType: 'text/csv', write: csv },
  'chrome-trace': { extension: 'trace.json', mediaType: 'application/json', write: chromeTrace },
}

/** Writes traces as one file; docs/trace-format.md says what each format holds and leaves out. */
export function exportTraces(
  traces: readonly Trace[],
  format: ExportFormat,
  { redact = false }: ExportOptions = {},
): ExportedFile {
  const { extension, mediaType, write } = formats[format]
  const redactor = new Redactor()
  const shown = redact ? traces.map((trace) => redactor.trace(trace)) : traces
  return { fileName: `${baseName(traces)}.${extension}`, mediaType, text: write(shown) }
}

/** `kadscope-get-value-x1-12` for one trace, `kadscope-3-lookups` for several. */
function baseName(traces: readonly Trace[]): string {
  const [only, another] = traces
  if (only === undefined || another !== undefined) return `kadscope-${traces.length}-lookups`
  const { kind, id } = only.operation
  return `kadscope-${kind.toLowerCase().replaceAll('_', '-')}-${id}`.replace(/[^A-Za-z0-9.-]/g, '-')
}
