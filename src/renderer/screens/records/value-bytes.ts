import { hexText, printableText } from '../../../shared/byte-text.ts'

/** Bytes a preview shows of a value that is no text. */
const PREVIEW_BYTES = 48
const PREVIEW_CHARACTERS = 160

export function bytesOfBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/** One line of a value: its text, when it is printable, else hex. */
export function valuePreview(bytes: Uint8Array): string {
  if (bytes.length === 0) return '(empty)'
  const text = printableText(bytes.subarray(0, 4 * PREVIEW_CHARACTERS))
  if (text !== undefined) return cut(text.replaceAll(/\s+/g, ' '), PREVIEW_CHARACTERS)
  return cut(hexText(bytes.subarray(0, PREVIEW_BYTES + 1)), 2 * PREVIEW_BYTES)
}

/** How a value can be read. */
export type ValueForm = 'text' | 'json' | 'hex'

/** The form that tells most of a value: JSON where it is an object or list, else text where it is UTF-8, else hex. */
export function bestForm(bytes: Uint8Array): ValueForm {
  if (valueText(bytes, 'json') !== undefined) return 'json'
  return valueText(bytes, 'text') === undefined ? 'hex' : 'text'
}

/** A value in a form; undefined when it does not have it. JSON is laid out, hex in lines of 16 bytes. */
export function valueText(bytes: Uint8Array, form: ValueForm): string | undefined {
  switch (form) {
    case 'text':
      return utf8Text(bytes)
    case 'json':
      return jsonText(bytes)
    case 'hex':
      return hexLines(bytes)
  }
}

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return /[^\P{Cc}\t\r\n]/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

function jsonText(bytes: Uint8Array): string | undefined {
  const text = utf8Text(bytes)
  if (text === undefined || !/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return undefined
  }
}

function hexLines(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let from = 0; from < bytes.length; from += 16) {
    const line = bytes.subarray(from, from + 16)
    const hex = Array.from(line, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = Array.from(line, (byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·')).join(
      '',
    )
    lines.push(`${from.toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${text}`)
  }
  return lines.join('\n')
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`
}
