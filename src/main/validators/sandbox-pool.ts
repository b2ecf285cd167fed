import { createHash } from 'node:crypto'
import { NotAvailableError } from '../../dht/errors.ts'
import { ValidatorBusyError } from './errors.ts'
import { FairQueue } from './fair-queue.ts'
import type { Program, SandboxCall, SandboxLimits, SandboxMessage } from './sandbox-messages.ts'
import { type NamedProgram, SandboxSlot } from './sandbox-slot.ts'

export interface SandboxPoolOptions extends Partial<SandboxLimits> {
  /** The worker's bundle: `workerUrl('validator-worker')`. */
  workerUrl: URL
  /** Calls that run side by side. Default 2. */
  size?: number
  /** Calls of one program that may wait. Default 256. */
  maxWaiting?: number
}

/** What to ask a loaded program; nothing, when it is only to be loaded. */
interface Job {
  program: NamedProgram
  call: SandboxCall | undefined
  settle: (answer: SandboxMessage) => void
  fail: (error: Error) => void
}

const DEFAULT_LIMITS: SandboxLimits = { timeoutMs: 50, memoryBytes: 16 * 1024 * 1024 }

/**
 * Worker threads that run users' programs, one call a worker at a time. None is started before the first call; from
 * then on a spare one stands ready to take the place of one that had to be ended. Programs take turns, so that one
 * that is slow or hostile does not hold up the others.
 */
export class SandboxPool {
  readonly limits: SandboxLimits
  readonly #url: URL
  readonly #size: number
  readonly #queue: FairQueue<Job>
  readonly #idle: SandboxSlot[] = []
  readonly #busy = new Map<SandboxSlot, Job>()
  #isClosed = false

  constructor({ workerUrl, size = 2, maxWaiting = 256, ...limits }: SandboxPoolOptions) {
    this.limits = { ...DEFAULT_LIMITS, ...limits }
    this.#url = workerUrl
    this.#size = size
    this.#queue = new FairQueue(maxWaiting)
  }

  /** Compiles the program in a worker: answers `loaded`, `uncompilable`, or `exhausted` when that took too much. */
  load(program: Program): Promise<SandboxMessage> {
    return this.#enqueue(program, undefined)
  }

  /**
   * Asks the program, compiling it first where its worker has not yet.
   * @throws {ValidatorBusyError} when too many calls of this program wait
   * @throws {NotAvailableError} when the pool is closed
   */
  run(program: Program, call: SandboxCall): Promise<SandboxMessage> {
    return this.#enqueue(program, call)
  }

  /** Ends all workers; calls that run or wait are refused. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (let job = this.#queue.next(); job !== undefined; job = this.#queue.next()) job.fail(closedError())
    for (const job of this.#busy.values()) job.fail(closedError())
    await Promise.all([...this.#idle, ...this.#busy.keys()].map((slot) => slot.end()))
  }

  async #enqueue(program: Program, call: SandboxCall | undefined): Promise<SandboxMessage> {
    if (this.#isClosed) throw closedError()
    const id = idOf(program)
    const { promise, resolve, reject } = Promise.withResolvers<SandboxMessage>()
    const job: Job = { program: { id, program }, call, settle: resolve, fail: reject }
    if (!this.#queue.add(id, job)) throw new ValidatorBusyError(this.#queue.maxWaiting)
    this.#dispatch()
    return promise
  }

  /** Gives waiting calls to workers, as many as may run. */
  #dispatch(): void {
    while (this.#busy.size < this.#size) {
      const job = this.#queue.next()
      if (job === undefined) return
      void this.#perform(this.#takeSlot(job), job)
    }
  }

  /** A worker that knows the program, or the one used last; and sees to it that a spare is left. */
  #takeSlot({ program }: Job): SandboxSlot {
    const knowing = this.#idle.findIndex((slot) => slot.knows(program))
    const slot = this.#idle.splice(Math.max(knowing, 0), 1)[0] ?? new SandboxSlot(this.#url, this.limits)
    if (this.#idle.length === 0) this.#idle.push(new SandboxSlot(this.#url, this.limits))
    return slot
  }

  async #perform(slot: SandboxSlot, job: Job): Promise<void> {
    this.#busy.set(slot, job)
    try {
      job.settle(await (job.call === undefined ? slot.load(job.program) : slot.run(job.program, job.call)))
    } catch (error) {
      job.fail(error instanceof Error ? error : new Error(String(error)))
    }
    this.#busy.delete(slot)
    if (this.#isClosed) return
    if (slot.isUsable && this.#idle.length <= this.#size) this.#idle.unshift(slot)
    else void slot.end()
    this.#dispatch()
  }
}

function idOf({ kind, source }: Program): string {
  return createHash('sha256').update(`${kind}\n${source}`).digest('hex')
}

function closedError(): NotAvailableError {
  return new NotAvailableError('The sandbox for validators is closed: start the network again.')
}
