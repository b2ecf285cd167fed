import type { UntimedDhtEvent } from '../../../src/dht/events.ts'
import { getValue } from '../../../src/dht/operations/get-value.ts'
import { putValue } from '../../../src/dht/operations/put-value.ts'
import { NamespacedValidator } from '../../../src/dht/records/namespaced-validator.ts'
import type { Validator } from '../../../src/dht/records/validator.ts'
import { type TraceEvent, traceEventSchema } from '../../../src/shared/trace-event.ts'
import { simulatedClient } from '../../../src/sim/simulated-client.ts'
import { World, type WorldOptions } from '../../../src/sim/world.ts'

/** Values are one byte, the larger is newer; 255 is refused. */
const largestByte: Validator = {
  validate(_key, value) {
    if (value[0] === 255) throw new Error('255 is not allowed.')
  },
  select(_key, values) {
    return values.reduce((best, value, i) => ((value[0] ?? 0) > (values[best]?.[0] ?? 0) ? i : best), 0)
  },
}

export interface SampleTraces {
  /** A put of the value 2, and the get of it that followed, each as the recorder would keep it. */
  put: TraceEvent[]
  get: TraceEvent[]
}

/** Traces of real operations in a simulated world. The same options give the same traces. */
export async function sampleTraces(options: Partial<WorldOptions> = {}): Promise<SampleTraces> {
  const validator = new NamespacedValidator({ n: largestByte })
  const world = new World({ seed: 'traces', servers: 120, k: 8, validator, ...options })
  const events: TraceEvent[] = []
  const client = simulatedClient(world, {
    known: world.live.peers.slice(0, 8),
    settings: { k: 8, alpha: 6 },
    validator,
    publish: (event) => {
      const text = toTraceEvent(event, world.clock.monotonic())
      if (text !== undefined) events.push(text)
    },
  })
  const key = new TextEncoder().encode('/n/sample')
  await world.clock.runUntil(putValue(client, key, Uint8Array.of(2)))
  await world.clock.runUntil(getValue(client, key, { skipLocal: true }))
  return { put: ofOperation(events, 'PUT_VALUE'), get: ofOperation(events, 'GET_VALUE') }
}

function ofOperation(events: readonly TraceEvent[], kind: string): TraceEvent[] {
  const started = events.find((event) => event.type === 'operation:started' && event.kind === kind)
  if (started?.type !== 'operation:started') throw new Error(`No ${kind} in the trace.`)
  const { operationId } = started
  return events.filter((event) => 'operationId' in event && event.operationId === operationId)
}

/** As where events leave the node: bytes become hex, values base64. Absent for events that no trace holds. */
function toTraceEvent(event: UntimedDhtEvent, monotonicMs: number): TraceEvent | undefined {
  const { requestBytes, replyBytes, ...rest } = event as UntimedDhtEvent & {
    requestBytes?: Uint8Array
    replyBytes?: Uint8Array
  }
  const text = JSON.parse(
    JSON.stringify(rest, (name, value) => (value instanceof Uint8Array ? bytesText(name, value) : value)),
  )
  const sizes = { requestSizeBytes: requestBytes?.length ?? 0, replySizeBytes: replyBytes?.length ?? 0 }
  const parsed = traceEventSchema.safeParse({ ...sizes, ...text, at: monotonicMs, monotonicMs })
  return parsed.success ? parsed.data : undefined
}

function bytesText(name: string, bytes: Uint8Array): string {
  const isHex = name === 'key' || name === 'target' || name === 'peerKey'
  return Buffer.from(bytes).toString(isHex ? 'hex' : 'base64')
}
