import { readFileSync } from 'node:fs'
import type { BytesInput } from '../../shared/contract.ts'
import { CliError, ExitCode } from './exit-codes.ts'

/** A value on the command line: text as it stands, `@FILE`, `hex:…`, or `-` for standard input. */
export function readValue(argument: string): BytesInput {
  if (argument.startsWith('hex:')) return { encoding: 'hex', data: argument.slice(4) }
  if (argument !== '-' && !argument.startsWith('@')) return { encoding: 'utf8', data: argument }
  return { encoding: 'base64', data: readSource(argument === '-' ? 0 : argument.slice(1)).toString('base64') }
}

/** A file's text, or standard input's for `-`. */
export function readText(argument: string): string {
  return readSource(argument === '-' ? 0 : argument).toString('utf8')
}

function readSource(source: string | 0): Buffer {
  try {
    return readFileSync(source)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CliError(ExitCode.usage, `The value cannot be read: ${reason}.`, { cause })
  }
}
