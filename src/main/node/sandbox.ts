import { Worker } from 'node:worker_threads'
import { workerUrl } from '../worker-url.ts'
import type {
  SandboxCommand,
  SandboxNode,
  SandboxReport,
  SandboxSamples,
  SandboxSettings,
} from './sandbox-messages.ts'

export interface SandboxOptions {
  /** Nodes. Default 40. */
  size?: number
  /** Makes the nodes' identities. Default: always the same. */
  seed?: string
  /** Told of each node that has started. */
  onProgress?: (up: number, of: number) => void
  /** The worker's program. Default: its bundle. */
  workerUrl?: URL
}

/** The swarm broke, or does not run any more. */
export class SandboxError extends Error {
  readonly code = 'SANDBOX_FAILED'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SandboxError'
  }
}

/** How long the swarm may take to end by itself before its thread is ended. */
const STOP_TIMEOUT_MS = 5_000

type Unnumbered<C> = C extends SandboxCommand ? Omit<C, 'request'> : never
type Done = Extract<SandboxReport, { type: 'done' }>

/**
 * Starts the Sandbox swarm in a worker thread. Resolves as soon as a node can
 * bootstrap at its first nodes, while the rest is still joining. Throws
 * `SandboxError`, and `WorkerMissingError` when the program was not built.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = new Sandbox(options)
  await sandbox.usable
  return sandbox
}

/** The Sandbox swarm, seen from the thread of the app. */
export class Sandbox {
  /** Addresses to bootstrap at. */
  readonly usable: Promise<readonly string[]>
  /** What was published in it, when everybody has joined. Rejects when the swarm breaks or is stopped before. */
  readonly joined: Promise<SandboxSamples>
  readonly #worker: Worker
  readonly #onProgress: SandboxOptions['onProgress']
  readonly #usable = Promise.withResolvers<readonly string[]>()
  readonly #joined = Promise.withResolvers<SandboxSamples>()
  readonly #ended = Promise.withResolvers<void>()
  readonly #waiting = new Map<number, PromiseWithResolvers<Done>>()
  #bootstrap: readonly string[] = []
  #lastRequest = 0
  #failure: SandboxError | undefined

  /** `startSandbox` is the way to make one. */
  constructor({ size = 40, seed = 'kadscope', onProgress, workerUrl: url }: SandboxOptions) {
    this.#onProgress = onProgress
    this.usable = this.#usable.promise
    this.joined = this.#joined.promise
    // Whoever does not wait for it is not to hear of it as an unhandled rejection.
    this.joined.catch(() => {})
    const workerData: SandboxSettings = { size, seed }
    this.#worker = startWorker(url ?? workerUrl('sandbox-worker'), workerData)
    this.#worker.on('message', (report: SandboxReport) => this.#take(report))
    this.#worker.on('error', (cause) => this.#fail(`The Sandbox broke: ${cause.message}`, cause))
    this.#worker.on('exit', () => this.#onExit())
  }

  get bootstrap(): readonly string[] {
    return this.#bootstrap
  }

  /** One more node, which the others know then. */
  async addNode(): Promise<SandboxNode> {
    const { node } = await this.#ask({ type: 'add' })
    if (node === undefined) throw new SandboxError('The Sandbox did not say which node it added.')
    return node
  }

  /** Stops a node (the last that joined when none is named); undefined when there is no such node. */
  async killNode(id?: string): Promise<SandboxNode | undefined> {
    return (await this.#ask({ type: 'kill', ...(id !== undefined && { id }) })).node
  }

  /** Stops every node and ends the thread. Calling it twice is harmless. */
  async stop(): Promise<void> {
    if (this.#failure === undefined) {
      this.#ask({ type: 'stop' }).catch(() => {})
      this.#fail('The Sandbox was stopped.')
      const timer = setTimeout(() => void this.#worker.terminate(), STOP_TIMEOUT_MS)
      await this.#ended.promise
      clearTimeout(timer)
    }
    await this.#worker.terminate()
  }

  #ask(command: Unnumbered<SandboxCommand>): Promise<Done> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const request = ++this.#lastRequest
    const answer = Promise.withResolvers<Done>()
    this.#waiting.set(request, answer)
    this.#worker.postMessage({ ...command, request })
    return answer.promise
  }

  #take(report: SandboxReport): void {
    switch (report.type) {
      case 'usable':
        this.#bootstrap = report.bootstrap
        this.#usable.resolve(report.bootstrap)
        break
      case 'progress':
        this.#onProgress?.(report.up, report.of)
        break
      case 'joined':
        this.#joined.resolve(report.samples)
        break
      case 'done':
        this.#waiting.get(report.request)?.resolve(report)
        this.#waiting.delete(report.request)
        break
      case 'failed':
        this.#takeFailure(report)
    }
  }

  #takeFailure({ request, message }: Extract<SandboxReport, { type: 'failed' }>): void {
    if (request === undefined) this.#fail(`The Sandbox did not start: ${message}`)
    else this.#waiting.get(request)?.reject(new SandboxError(`The Sandbox could not do that: ${message}`))
    this.#waiting.delete(request ?? 0)
  }

  #onExit(): void {
    this.#fail('The Sandbox was stopped.')
    this.#ended.resolve()
  }

  /** Nothing is waited for in vain. The first reason stays. */
  #fail(message: string, cause?: unknown): void {
    this.#failure ??= new SandboxError(message, { cause })
    this.#usable.reject(this.#failure)
    this.#joined.reject(this.#failure)
    for (const answer of this.#waiting.values()) answer.reject(this.#failure)
    this.#waiting.clear()
  }
}

/** From TypeScript source, as tests have it, Node needs a flag: the generated codec holds enums. */
function startWorker(url: URL, workerData: SandboxSettings): Worker {
  const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning']
  const isSource = url.pathname.endsWith('.ts')
  return new Worker(url, { name: 'sandbox', workerData, ...(isSource && { execArgv: flags }) })
}
