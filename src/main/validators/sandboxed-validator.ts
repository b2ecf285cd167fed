import { InvalidRecordError } from '../../dht/errors.ts'
import type { CompiledValidator } from './compile-definition.ts'
import { ValidatorCompileError } from './errors.ts'
import type { Program, SandboxCall, SandboxMessage } from './sandbox-messages.ts'
import type { SandboxPool } from './sandbox-pool.ts'

/** A program in the sandbox as the core's `Validator`. */
export class SandboxedValidator implements CompiledValidator {
  readonly #pool: SandboxPool
  readonly #program: Program
  readonly #now: () => number

  /** @param now milliseconds since the epoch, given to every call: the program has no clock */
  constructor(pool: SandboxPool, program: Program, now: () => number) {
    this.#pool = pool
    this.#program = program
    this.#now = now
  }

  async prepare(): Promise<void> {
    const answer = await this.#pool.load(this.#program)
    if (answer.type === 'exhausted') throw new ValidatorCompileError(answer.reason)
    if (answer.type !== 'loaded') throw refusal(answer)
  }

  async validate(key: Uint8Array, value: Uint8Array): Promise<void> {
    const answer = await this.#ask({ type: 'validate', key, value, now: this.#now() })
    if (answer.type !== 'accepted') throw refusal(answer)
  }

  async select(key: Uint8Array, values: Uint8Array[]): Promise<number> {
    const answer = await this.#ask({ type: 'select', key, values, now: this.#now() })
    if (answer.type !== 'selected') throw refusal(answer)
    return answer.index
  }

  #ask(call: SandboxCall): Promise<SandboxMessage> {
    return this.#pool.run(this.#program, call)
  }
}

function refusal(answer: SandboxMessage): Error {
  if (answer.type === 'uncompilable') return new ValidatorCompileError(answer.reason, answer.line)
  if ('reason' in answer) return new InvalidRecordError(answer.reason)
  return new InvalidRecordError(`The sandbox answered ${answer.type}, which is no verdict.`)
}
