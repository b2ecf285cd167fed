import { InvalidRecordError } from '../../dht/errors.ts'
import type { Validator } from '../../dht/records/validator.ts'
import type { ValidatorDefinition } from '../../shared/rows.ts'
import type { SandboxPool } from './sandbox-pool.ts'
import { SandboxedValidator } from './sandboxed-validator.ts'

/** A validator made from a definition. */
export interface CompiledValidator extends Validator {
  /**
   * Compiles what is to be compiled; calls do so too when this was not called.
   * @throws {ValidatorCompileError} with line and reason when the definition cannot be used
   */
  prepare(): Promise<void>
}

export interface CompileOptions {
  pool: SandboxPool
  /** Milliseconds since the epoch. */
  now: () => number
}

/**
 * The core's validator for a definition. Declarative kinds take the first of several valid values for the best, so
 * that a value put later replaces the one before.
 */
export function compileDefinition(
  definition: ValidatorDefinition,
  options: CompileOptions,
): CompiledValidator {
  switch (definition.kind) {
    case 'any':
      return declarative(() => {})
    case 'size':
      return declarative((value) => checkSize(value, definition.maxSizeBytes))
    case 'utf8':
      return declarative((value) => checkText(value, definition.maxSizeBytes))
    case 'json-schema':
      return sandboxed(options, { kind: definition.kind, source: definition.schema })
    case 'javascript':
      return sandboxed(options, { kind: definition.kind, source: definition.source })
  }
}

function sandboxed(
  { pool, now }: CompileOptions,
  program: ConstructorParameters<typeof SandboxedValidator>[1],
) {
  return new SandboxedValidator(pool, program, now)
}

function declarative(check: (value: Uint8Array) => void): CompiledValidator {
  return {
    prepare: async () => {},
    validate: (_key, value) => check(value),
    select: () => 0,
  }
}

function checkSize(value: Uint8Array, maxSizeBytes: number): void {
  if (value.length <= maxSizeBytes) return
  throw new InvalidRecordError(`The value has ${value.length} bytes; at most ${maxSizeBytes} are allowed.`)
}

function checkText(value: Uint8Array, maxSizeBytes: number | undefined): void {
  if (maxSizeBytes !== undefined) checkSize(value, maxSizeBytes)
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(value)
  } catch (cause) {
    throw new InvalidRecordError('The value is not UTF-8 text.', { cause })
  }
}
