import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { exportTraces } from '../../../src/main/traces/export/export-traces.ts'
import { traceSchema } from '../../../src/shared/contract.ts'
import { arbitraryTrace } from './arbitrary-trace.ts'

const traces = fc.array(arbitraryTrace, { minLength: 1, maxLength: 3 })

/** The parts of the Trace Event Format that Perfetto insists on. */
const chromeTraceSchema = z.object({
  displayTimeUnit: z.literal('ms'),
  metadata: z.object({ source: z.literal('kadscope'), startedAt: z.number() }),
  traceEvents: z.array(
    z.discriminatedUnion('ph', [
      z.object({
        ph: z.literal('X'),
        name: z.string().min(1),
        cat: z.string(),
        pid: z.int(),
        tid: z.int(),
        ts: z.int().nonnegative(),
        dur: z.int().nonnegative(),
        args: z.record(z.string(), z.unknown()).optional(),
      }),
      z.object({
        ph: z.literal('i'),
        s: z.literal('t'),
        name: z.string().min(1),
        cat: z.string(),
        pid: z.int(),
        tid: z.int(),
        ts: z.int().nonnegative(),
      }),
      z.object({
        ph: z.literal('M'),
        name: z.enum(['process_name', 'thread_name']),
        pid: z.int(),
        tid: z.int(),
        args: z.object({ name: z.string() }),
      }),
    ]),
  ),
})

describe('NDJSON', () => {
  const line = z.union([
    z.strictObject({ format: z.literal('kadscope-trace'), version: z.literal(1) }),
    z.strictObject({ trace: z.string(), operation: traceSchema.shape.operation }),
    z.strictObject({ trace: z.string(), event: traceSchema.shape.events.element }),
    z.strictObject({ end: z.strictObject({ traces: z.number(), events: z.number() }) }),
  ])

  test('holds every operation and event as it was, a line each, and counts them at the end', () => {
    fc.assert(
      fc.property(traces, (given) => {
        const { text } = exportTraces(given, 'ndjson')
        const lines = text.trimEnd().split('\n')
        const read = lines.map((one) => line.parse(JSON.parse(one)))
        const operations = read.flatMap((one) => ('operation' in one ? [one.operation] : []))
        const events = read.flatMap((one) => ('event' in one ? [one.event] : []))
        expect(operations).toEqual(given.map(({ operation }) => operation))
        expect(events).toEqual(given.flatMap((trace) => trace.events))
        expect(read.at(-1)).toEqual({ end: { traces: given.length, events: events.length } })
      }),
    )
  })
})

describe('JSON', () => {
  test('is the traces', () => {
    fc.assert(
      fc.property(traces, (given) => {
        const document = z
          .object({ traces: z.array(traceSchema) })
          .parse(JSON.parse(exportTraces(given, 'json').text))
        expect(document.traces).toEqual(given)
      }),
    )
  })
})

describe('CSV', () => {
  const rows = (text: string) =>
    z.array(z.record(z.string(), z.string())).parse(parse(text, { columns: true }))

  test('has a line for each request, whatever characters its messages hold', () => {
    fc.assert(
      fc.property(traces, (given) => {
        const sent = given.flatMap(({ operation, events }) =>
          events.flatMap((event) => (event.type === 'rpc:sent' ? [`${operation.id} ${event.rpcId}`] : [])),
        )
        const read = rows(exportTraces(given, 'csv').text)
        expect(read.map(({ trace, rpc }) => `${trace} ${rpc}`).sort()).toEqual(sent.sort())
      }),
    )
  })

  test('runs no cell as a formula', () => {
    fc.assert(
      fc.property(traces, (given) => {
        const cells = rows(exportTraces(given, 'csv').text).flatMap((row) => Object.values(row))
        for (const cell of cells) expect(cell).not.toMatch(/^[=+@\t\r]/)
      }),
    )
  })
})

describe('Chrome Trace Event', () => {
  const read = (text: string) => chromeTraceSchema.parse(JSON.parse(text)).traceEvents

  test('holds the same requests as NDJSON', () => {
    fc.assert(
      fc.property(traces, (given) => {
        const ids = read(exportTraces(given, 'chrome-trace').text).flatMap((event) =>
          event.ph === 'X' && event.cat === 'rpc' && event.args !== undefined
            ? [`${event.pid} ${event.args.rpcId}`]
            : [],
        )
        const sent = given.flatMap(({ events }, index) =>
          events.flatMap((event) => (event.type === 'rpc:sent' ? [`${index + 1} ${event.rpcId}`] : [])),
        )
        expect(ids.sort()).toEqual(sent.sort())
      }),
    )
  })

  test('keeps the phases of a request within it, one after the other', () => {
    fc.assert(
      fc.property(traces, (given) => {
        let parent = { ts: 0, end: 0 }
        let from = 0
        for (const event of read(exportTraces(given, 'chrome-trace').text)) {
          if (event.ph !== 'X' || event.cat !== 'rpc') continue
          const end = event.ts + event.dur
          if (event.args !== undefined) {
            parent = { ts: event.ts, end }
            from = event.ts
            continue
          }
          expect(event.ts).toBeGreaterThanOrEqual(from)
          expect(end).toBeLessThanOrEqual(parent.end)
          from = end
        }
      }),
    )
  })

  test('names the operation and every peer', () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const names = read(exportTraces([trace], 'chrome-trace').text).flatMap((event) =>
          event.ph === 'M' ? [event.args.name] : [],
        )
        const peers = trace.events.flatMap((event) => (event.type === 'rpc:sent' ? [event.peer] : []))
        expect(new Set(names)).toEqual(new Set(['GET_VALUE /note/hello', 'operation', ...peers]))
      }),
    )
  })
})

describe('redaction', () => {
  test('leaves no peer id, address, key, value or message in any format, and the file valid', () => {
    fc.assert(
      fc.property(traces, fc.constantFrom('ndjson', 'json', 'csv', 'chrome-trace'), (given, format) => {
        const { text } = exportTraces(given, format, { redact: true })
        expect(text).not.toMatch(/12D3KooW|127\.0\.0\.1|\/note\/hello|abcd/)
        for (const { operation } of given) expect(text).not.toContain(operation.key.hex)
      }),
    )
  })

  test('replaces the same by the same, so that who introduced whom can still be seen', () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const document = z
          .object({ traces: z.array(traceSchema) })
          .parse(JSON.parse(exportTraces([trace], 'json', { redact: true }).text))
        const shapeOf = (events: typeof trace.events) => {
          const order = new Map<string, number>()
          const numberOf = (peer: string) => order.get(peer) ?? order.set(peer, order.size).size - 1
          return events.flatMap((event) =>
            event.type === 'rpc:sent'
              ? [[numberOf(event.peer), event.cause === undefined ? -1 : numberOf(event.cause)]]
              : [],
          )
        }
        expect(shapeOf(document.traces[0]?.events ?? [])).toEqual(shapeOf(trace.events))
      }),
    )
  })
})

test('a file is named after its one lookup, or after how many it holds', () => {
  const [a, b] = fc.sample(arbitraryTrace, { numRuns: 2, seed: 1 })
  if (a === undefined || b === undefined) throw new Error('no samples')
  expect(exportTraces([a], 'csv').fileName).toBe(`kadscope-get-value-${a.operation.id}.csv`)
  expect(exportTraces([a, b], 'chrome-trace').fileName).toBe('kadscope-2-lookups.trace.json')
})
