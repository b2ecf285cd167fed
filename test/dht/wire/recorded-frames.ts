import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { FrameReader } from '../../../src/dht/wire/framing.ts'

const lineSchema = z.object({
  case: z.string(),
  request_hex: z.string(),
  response_hex: z.string().nullish(),
})

/** One exchange of a go-written client with the server of `impl`; messages without their length. */
export interface RecordedExchange {
  impl: string
  name: string
  request: Uint8Array
  /** Absent where the server sends none. */
  response?: Uint8Array
}

/** The recorded frames of one implementation: `go`, `js`, `rust` or `py`. */
export function recordedExchanges(impl: string): RecordedExchange[] {
  const file = readFileSync(new URL(`../../vectors/${impl}.jsonl`, import.meta.url), 'utf8')
  return file
    .trim()
    .split('\n')
    .map((line) => lineSchema.parse(JSON.parse(line)))
    .map(({ case: name, request_hex, response_hex }) => {
      const request = unframe(request_hex)
      if (request === undefined) throw new Error(`${impl} ${name} has no request`)
      const response = unframe(response_hex ?? '')
      return { impl, name, request, ...(response !== undefined && { response }) }
    })
}

function unframe(hex: string): Uint8Array | undefined {
  return new FrameReader().push(new Uint8Array(Buffer.from(hex, 'hex')))[0]
}
