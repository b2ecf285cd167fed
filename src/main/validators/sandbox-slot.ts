import { Worker } from 'node:worker_threads'
import type {
  Program,
  SandboxCall,
  SandboxEnvelope,
  SandboxLimits,
  SandboxMessage,
  SandboxRequest,
} from './sandbox-messages.ts'
import { workerTimeMs } from './thread-time.ts'

/** Compiling a program and running its top level may take this many times as long as a call. */
const LOAD_FACTOR = 5
/** Loading libraries and WebAssembly, on a busy machine. */
const START_TIMEOUT_MS = 20_000
/** For messages to and fro; the sandbox's own deadline, when it is polled, strikes before. */
const GRACE_MS = 50
/** A thread that is given no processor is not at fault; at this many times its limit its call ends all the same. */
const MAX_WALL_FACTOR = 20
/** Loaded programs after which a worker is replaced, so that old versions do not pile up. */
const MAX_PROGRAMS = 16

/** A call's program under its id. */
export interface NamedProgram {
  id: string
  program: Program
}

/**
 * One worker, seen from outside: it gets one request at a time and is terminated when the answer is overdue. States:
 * usable from the start until a limit is reached, the worker breaks, it has seen many programs, or `end` is called.
 */
export class SandboxSlot {
  readonly #worker: Worker
  readonly #limits: SandboxLimits
  readonly #loaded = new Set<string>()
  readonly #ready: Promise<SandboxMessage>
  #settle: ((message: SandboxMessage) => void) | undefined
  /** Processor time the worker had used when it last spoke. */
  #usedMs = 0
  #watch: NodeJS.Timeout | undefined
  #isUsable = true

  /** Starts the worker; it does not keep the process alive. */
  constructor(url: URL, limits: SandboxLimits) {
    this.#limits = limits
    this.#worker = new Worker(url, {
      name: 'validator',
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 },
    })
    this.#worker.unref()
    this.#worker.on('message', ({ message, usedMs }: SandboxEnvelope) => {
      this.#usedMs = usedMs
      this.#settle?.(message)
    })
    this.#worker.on('error', () => this.#fail('The validator crashed its sandbox.'))
    this.#worker.on('exit', () => this.#fail('The sandbox of the validator ended.'))
    this.#ready = this.#answer(START_TIMEOUT_MS, 'The sandbox for validators did not start in time.')
  }

  /** False: throw it away. */
  get isUsable(): boolean {
    return this.#isUsable && this.#loaded.size < MAX_PROGRAMS
  }

  /** True when the program is loaded. */
  knows({ id }: NamedProgram): boolean {
    return this.#loaded.has(id)
  }

  /** Loads the program, where this worker has not yet. */
  async load({ id, program }: NamedProgram): Promise<SandboxMessage> {
    const started = await this.#ready
    if (started.type === 'exhausted') return started
    if (this.#loaded.has(id)) return { type: 'loaded' }
    const timeoutMs = LOAD_FACTOR * this.#limits.timeoutMs
    const request = { type: 'load', id, program, limits: this.#limits, timeoutMs } as const
    const answer = await this.#exchange(request, timeoutMs)
    if (answer.type === 'loaded') this.#loaded.add(id)
    else if (answer.type === 'exhausted') this.#isUsable = false
    return answer
  }

  /** Loads the program and asks it. */
  async run(program: NamedProgram, call: SandboxCall): Promise<SandboxMessage> {
    const loaded = await this.load(program)
    if (loaded.type !== 'loaded') return loaded
    const answer = await this.#exchange({ type: 'call', id: program.id, call }, this.#limits.timeoutMs)
    if (answer.type === 'exhausted') this.#isUsable = false
    return answer
  }

  /** Ends the worker whatever it does; a request under way is answered `exhausted`. */
  async end(): Promise<void> {
    this.#fail('The sandbox of the validator ended.')
    await this.#worker.terminate()
  }

  #exchange(request: SandboxRequest, timeoutMs: number): Promise<SandboxMessage> {
    const overdue = `The validator took longer than ${timeoutMs} ms.`
    const answer = this.#answer(timeoutMs * MAX_WALL_FACTOR, overdue)
    this.#worker.postMessage(request)
    this.#watchTime(this.#usedMs + timeoutMs, timeoutMs, overdue)
    return answer
  }

  /** Ends the request when the worker's processor time has come to `untilMs`; looks again while it has not. */
  #watchTime(untilMs: number, afterMs: number, overdue: string): void {
    const request = this.#settle
    const look = async () => {
      const leftMs = untilMs - (await workerTimeMs(this.#worker))
      if (request === undefined || this.#settle !== request) return
      if (leftMs > 0) this.#watchTime(untilMs, leftMs, overdue)
      else this.#fail(overdue)
    }
    this.#watch = setTimeout(look, afterMs + GRACE_MS)
  }

  /** The worker's next message, or `exhausted` when none comes in time or any more. */
  #answer(withinMs: number, overdue: string): Promise<SandboxMessage> {
    const { promise, resolve } = Promise.withResolvers<SandboxMessage>()
    const timer = setTimeout(() => this.#fail(overdue), withinMs)
    this.#settle = (message) => {
      clearTimeout(timer)
      clearTimeout(this.#watch)
      this.#settle = undefined
      resolve(message)
    }
    return promise
  }

  /** Gives the worker up, and answers what it was asked. */
  #fail(reason: string): void {
    this.#isUsable = false
    this.#settle?.({ type: 'exhausted', reason })
    void this.#worker.terminate()
  }
}
