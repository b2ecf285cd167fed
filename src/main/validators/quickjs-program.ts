import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from 'quickjs-emscripten'
import type { CallAnswer, LoadAnswer, LoadedProgram, SandboxCall, SandboxLimits } from './sandbox-messages.ts'
import { SANDBOX_PRELUDE } from './sandbox-prelude.ts'
import { threadTimeMs } from './thread-time.ts'

const MAX_STACK_BYTES = 256 * 1024
const MAX_REASON_LENGTH = 500
const FILE_NAME = 'validator.js'
const FIND_VALIDATE = `typeof validate === 'function' ? validate : undefined`
const FIND_SELECT = `typeof select === 'function' ? select : undefined`
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Sets what the sandbox's `Date` takes for the present, in milliseconds since the epoch. */
export type SetPresent = (now: number) => void

/**
 * A user's JavaScript, compiled in a QuickJS runtime of its own: nothing of another program can be reached. QuickJS
 * polls the deadline between its instructions but not inside native calls, so the one that counts is kept by whoever
 * owns the worker.
 */
export class QuickJsProgram implements LoadedProgram {
  readonly #runtime: QuickJSRuntime
  readonly #context: QuickJSContext
  readonly #limits: SandboxLimits
  readonly #setPresent: SetPresent
  readonly #run: QuickJSHandle
  #validate: QuickJSHandle
  #select: QuickJSHandle

  constructor(quickjs: QuickJSWASMModule, limits: SandboxLimits, setPresent: SetPresent) {
    this.#limits = limits
    this.#setPresent = setPresent
    this.#runtime = quickjs.newRuntime()
    this.#runtime.setMemoryLimit(limits.memoryBytes)
    this.#runtime.setMaxStackSize(MAX_STACK_BYTES)
    this.#context = this.#runtime.newContext()
    this.#run = this.#context.unwrapResult(this.#context.evalCode(SANDBOX_PRELUDE, 'sandbox.js'))
    this.#validate = this.#context.undefined
    this.#select = this.#context.undefined
  }

  /** Runs the source's top level, once, at time 0. */
  load(source: string, timeoutMs: number): LoadAnswer {
    this.#begin(0, timeoutMs)
    const result = this.#context.evalCode(source, FILE_NAME)
    if (result.error !== undefined) return this.#uncompilable(result.error, timeoutMs)
    result.value.dispose()
    this.#validate = this.#find(FIND_VALIDATE)
    this.#select = this.#find(FIND_SELECT)
    if (this.#context.typeof(this.#validate) === 'function') return { type: 'loaded' }
    return { type: 'uncompilable', reason: 'It has no function validate(key, value, now).' }
  }

  run(call: SandboxCall): CallAnswer {
    this.#begin(call.now, this.#limits.timeoutMs)
    const context = this.#context
    const type = context.newString(call.type)
    const now = context.newNumber(call.now)
    const parts = this.#parts(call)
    const args = [this.#validate, this.#select, type, now, parts]
    const result = context.callFunction(this.#run, context.undefined, ...args)
    for (const handle of [type, now, parts]) handle.dispose()
    if (result.error !== undefined) return this.#failure(result.error)
    const answer = context.getString(result.value)
    result.value.dispose()
    return JSON.parse(answer) as CallAnswer
  }

  /** Frees its memory. */
  dispose(): void {
    for (const handle of [this.#run, this.#validate, this.#select]) handle.dispose()
    this.#context.dispose()
    this.#runtime.dispose()
  }

  #begin(now: number, timeoutMs: number): void {
    this.#setPresent(now)
    const end = threadTimeMs() + timeoutMs
    this.#runtime.setInterruptHandler(() => threadTimeMs() > end)
  }

  #find(expression: string): QuickJSHandle {
    const result = this.#context.evalCode(expression, 'sandbox.js')
    if (result.error === undefined) return result.value
    result.error.dispose()
    return this.#context.undefined
  }

  /** The key, then the values: each as an ArrayBuffer, and as text where it is UTF-8. */
  #parts(call: SandboxCall): QuickJSHandle {
    const parts = this.#context.newArray()
    const values = call.type === 'validate' ? [call.value] : call.values
    for (const [i, bytes] of [call.key, ...values].entries()) {
      this.#setPart(parts, 2 * i, this.#context.newArrayBuffer(Uint8Array.from(bytes).buffer))
      const text = textOf(bytes)
      // As JSON, because strings that cross over end at their first zero character.
      if (text !== undefined) this.#setPart(parts, 2 * i + 1, this.#context.newString(JSON.stringify(text)))
      else this.#setPart(parts, 2 * i + 1, this.#context.undefined)
    }
    return parts
  }

  #setPart(parts: QuickJSHandle, index: number, value: QuickJSHandle): void {
    this.#context.setProp(parts, index, value)
    value.dispose()
  }

  /** An error that the prelude let through: mostly a limit. */
  #failure(error: QuickJSHandle): CallAnswer {
    const { message } = this.#read(error)
    const limit = this.#limitReached(message, this.#limits.timeoutMs)
    if (limit !== undefined) return { type: 'exhausted', reason: limit }
    if (message === 'stack overflow')
      return { type: 'rejected', reason: 'The validator called itself too deeply.' }
    return { type: 'rejected', reason: `The validator failed: ${message}.` }
  }

  #uncompilable(error: QuickJSHandle, timeoutMs: number): LoadAnswer {
    const { message, line } = this.#read(error)
    const reason = this.#limitReached(message, timeoutMs) ?? `${message}.`
    return { type: 'uncompilable', reason, ...(line !== undefined && { line }) }
  }

  #limitReached(message: string, timeoutMs: number): string | undefined {
    if (message === 'interrupted') return `The validator took longer than ${timeoutMs} ms.`
    if (message !== 'out of memory') return undefined
    return `The validator needed more than ${this.#limits.memoryBytes / 1024 / 1024} MiB of memory.`
  }

  #read(error: QuickJSHandle): { message: string; line: number | undefined } {
    const message = this.#textOf(error, 'message') ?? 'It threw something that is no error'
    const line = /validator\.js:(\d+)/.exec(this.#textOf(error, 'stack') ?? '')?.[1]
    error.dispose()
    return {
      message: message.slice(0, MAX_REASON_LENGTH),
      line: line === undefined ? undefined : Number(line),
    }
  }

  /** A property that is a string; reading it may run the user's getter, under the same deadline. */
  #textOf(object: QuickJSHandle, name: string): string | undefined {
    const property = this.#context.getProp(object, name)
    const text = this.#context.typeof(property) === 'string' ? this.#context.getString(property) : undefined
    property.dispose()
    return text
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
