import { Worker } from 'node:worker_threads'
import type {
  ArgumentOf,
  CallOf,
  DbFile,
  DbReply,
  DbRequest,
  FromWorker,
  ResultOf,
  ToWorker,
  WorkerStart,
} from './db-protocol.ts'
import { StorageError, type StorageFault } from './storage-error.ts'

interface Waiting {
  resolve: (result: unknown) => void
  reject: (error: StorageError) => void
}

export interface DbClientOptions {
  dir: string
  workerUrl: URL
  onProblem: (text: string) => void
}

/**
 * The main thread's end of the database worker. Calls of one turn of the event
 * loop travel together; each is answered for itself.
 */
export class DbClient {
  readonly #worker: Worker
  readonly #onProblem: (text: string) => void
  readonly #waiting = new Map<number, Waiting>()
  readonly #opened = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<void>()
  #unsent: DbRequest[] = []
  #lastId = 0
  #state: 'open' | 'closing' | 'ended' = 'open'

  /** Starts the worker; wait for `opened`. */
  constructor({ dir, workerUrl, onProblem }: DbClientOptions) {
    this.#onProblem = onProblem
    const workerData: WorkerStart = { dir }
    this.#worker = new Worker(workerUrl, { workerData, name: 'kadscope-db' })
    this.#worker.on('message', (message: FromWorker) => this.#receive(message))
    this.#worker.on('error', (error) => this.#fail(`The database worker failed: ${error.message}.`))
    this.#worker.on('exit', () => this.#onExit())
  }

  /** Resolves when the files are open. Rejects with a `StorageError` when one cannot be. */
  get opened(): Promise<void> {
    return this.#opened.promise
  }

  /**
   * Asks the worker. A write is on its way to the disk when this resolves.
   * Rejections need no handler: what keeps a file from being written is told to `onProblem` as well.
   */
  call<F extends DbFile, C extends CallOf<F>>(
    file: F,
    call: C,
    argument: ArgumentOf<F, C>,
  ): Promise<ResultOf<F, C>> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    promise.catch(() => {})
    if (this.#state === 'open') this.#send({ id: ++this.#lastId, file, call, argument }, { resolve, reject })
    else reject(new StorageError('ERR_STORAGE_CLOSED', 'The database is closed: restart the backend.'))
    return promise as Promise<ResultOf<F, C>>
  }

  /** Lets the worker finish what it was asked, then ends it. */
  async close(): Promise<void> {
    if (this.#state === 'open') {
      this.#flush()
      this.#state = 'closing'
      this.#post({ close: true })
    }
    await this.#ended.promise
  }

  #send(request: DbRequest, waiting: Waiting): void {
    this.#waiting.set(request.id, waiting)
    if (this.#unsent.push(request) === 1) setImmediate(() => this.#flush())
  }

  #flush(): void {
    const requests = this.#unsent
    this.#unsent = []
    if (requests.length > 0) this.#post({ requests })
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'opened':
        this.#opened.resolve()
        break
      case 'failed':
        this.#opened.reject(errorOf(message.fault))
        break
      case 'replies':
        for (const reply of message.replies) this.#settle(reply)
        break
      case 'problem':
        this.#onProblem(message.text)
        break
      case 'closed':
        break
    }
  }

  #settle(reply: DbReply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if ('fault' in reply) waiting?.reject(errorOf(reply.fault))
    else waiting?.resolve(reply.result)
  }

  #fail(reason: string): void {
    const error = new StorageError('ERR_STORAGE_STOPPED', `${reason} Restart the backend.`)
    this.#opened.reject(error)
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    this.#onProblem(error.message)
  }

  #onExit(): void {
    const wasUnasked = this.#state === 'open'
    this.#state = 'ended'
    if (wasUnasked && this.#waiting.size > 0) this.#fail('The database worker ended.')
    this.#ended.resolve()
  }
}

function errorOf({ code, message }: StorageFault): StorageError {
  return new StorageError(code, message)
}
