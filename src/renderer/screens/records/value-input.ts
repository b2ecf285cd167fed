import type { BytesInput } from '../../../shared/contract.ts'

/** What networks take at most, in bytes. */
export const MAX_VALUE_BYTES = 65_536

export type InputForm = 'text' | 'json' | 'hex' | 'file'

/** A value as it was given, or what is wrong with it before anybody is asked. */
export type ValueReading = { ok: true; input: BytesInput; sizeBytes: number } | { ok: false; error: string }

/** Reads what was typed. JSON goes out as it was written, byte for byte. */
export function readValue(form: Exclude<InputForm, 'file'>, text: string): ValueReading {
  if (form === 'hex') return readHex(text)
  const problem = form === 'json' ? jsonProblem(text) : undefined
  if (problem !== undefined) return { ok: false, error: problem }
  return limited({ encoding: 'utf8', data: text }, new TextEncoder().encode(text).length)
}

/** Reads a file's bytes. */
export function readBytes(bytes: Uint8Array): ValueReading {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return limited({ encoding: 'base64', data: btoa(binary) }, bytes.length)
}

function readHex(text: string): ValueReading {
  const digits = text.replaceAll(/\s/g, '').replace(/^0x/i, '').toLowerCase()
  const wrong = /[^0-9a-f]/.exec(digits)
  if (wrong !== null) return { ok: false, error: `“${wrong[0]}” is no hex digit (0–9, a–f).` }
  if (digits.length % 2 === 1) return { ok: false, error: 'The last byte has only one hex digit.' }
  return limited({ encoding: 'hex', data: digits }, digits.length / 2)
}

function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    if (text.trim() === '') return 'Type JSON: {"text": "hello"}.'
    return `This is not JSON yet: ${error instanceof Error ? error.message : String(error)}`
  }
}

function limited(input: BytesInput, sizeBytes: number): ValueReading {
  if (sizeBytes <= MAX_VALUE_BYTES) return { ok: true, input, sizeBytes }
  const size = sizeBytes.toLocaleString('en')
  return { ok: false, error: `The value has ${size} bytes; networks take at most 65,536.` }
}
