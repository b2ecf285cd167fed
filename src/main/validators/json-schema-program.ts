import { Ajv, type Options, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { CallAnswer, LoadedProgram, SandboxCall } from './sandbox-messages.ts'

const MAX_REASON_LENGTH = 500
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const options: Options = { strict: true, allowUnionTypes: true, validateFormats: true, logger: false }

/**
 * A JSON Schema (draft 7, or 2020-12 when its `$schema` says so) that values, being JSON, must match. References lead
 * inside the schema only, and nothing is fetched. Of several valid values the first is best.
 */
export class JsonSchemaProgram implements LoadedProgram {
  readonly #matches: ValidateFunction
  readonly #errorsText: Ajv['errorsText']

  /** @throws when the source is no JSON, or no schema that can be compiled; the message says why */
  constructor(source: string) {
    const schema: unknown = JSON.parse(source)
    if (!isSchema(schema)) throw new TypeError('A JSON Schema is an object, true or false')
    const ajv = is2020(schema) ? new Ajv2020(options) : new Ajv(options)
    this.#matches = ajv.compile(schema)
    this.#errorsText = ajv.errorsText.bind(ajv)
  }

  run(call: SandboxCall): CallAnswer {
    if (call.type === 'select') return { type: 'selected', index: 0 }
    const document = read(call.value)
    if ('reason' in document) return { type: 'rejected', reason: document.reason }
    if (this.#matches(document.json)) return { type: 'accepted' }
    const problem = this.#errorsText(this.#matches.errors, { dataVar: 'value' }).slice(0, MAX_REASON_LENGTH)
    return { type: 'rejected', reason: `The value does not match the schema: ${problem}.` }
  }
}

function read(value: Uint8Array): { json: unknown } | { reason: string } {
  try {
    return { json: JSON.parse(decoder.decode(value)) }
  } catch {
    return { reason: 'The value is not JSON.' }
  }
}

function isSchema(value: unknown): value is Record<string, unknown> | boolean {
  return typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value))
}

function is2020(schema: Record<string, unknown> | boolean): boolean {
  return typeof schema === 'object' && String(schema.$schema).includes('2020-12')
}
