import { parentPort, workerData } from 'node:worker_threads'
import type { DbFile, DbReply, DbRequest, FromWorker, ToWorker, WorkerStart } from './db-protocol.ts'
import { RecordsFile } from './engine/records-file.ts'
import { TracesFile } from './engine/traces-file.ts'
import { faultOf } from './storage-error.ts'

/** Requests that share a transaction at most: more would keep the first of them waiting too long. */
const MAX_GROUP = 512
/** Trace requests performed before records are looked at again. */
const MAX_TRACE_GROUP = 32

/**
 * The worker that owns a profile's databases. What arrives while a group is
 * written forms the next one. Records go before traces: a long query of the
 * past delays a put by one query at most.
 */
class DbWorker {
  readonly #records: RecordsFile
  readonly #traces: TracesFile
  readonly #queues: Record<DbFile, DbRequest[]> = { records: [], traces: [] }
  #isScheduled = false
  #isClosing = false

  /** Errors as `openFile`. */
  constructor(dir: string) {
    const report = (text: string) => post({ type: 'problem', text })
    this.#records = new RecordsFile(dir, report)
    this.#traces = new TracesFile(dir, report)
  }

  receive(message: ToWorker): void {
    if ('close' in message) this.#isClosing = true
    else for (const request of message.requests) this.#queues[request.file].push(request)
    this.#schedule()
  }

  /** Lets what has already arrived join the group. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#run())
  }

  #run(): void {
    this.#isScheduled = false
    const { records, traces } = this.#queues
    reply(this.#records.run(records.splice(0, MAX_GROUP)))
    if (records.length === 0) reply(this.#traces.run(traces.splice(0, MAX_TRACE_GROUP)))
    if (records.length > 0 || traces.length > 0) this.#schedule()
    else if (this.#isClosing) this.#close()
  }

  #close(): void {
    this.#records.close()
    this.#traces.close()
    post({ type: 'closed' })
    parentPort?.close()
  }
}

function reply(replies: DbReply[]): void {
  if (replies.length > 0) post({ type: 'replies', replies })
}

function post(message: FromWorker): void {
  parentPort?.postMessage(message)
}

try {
  const { dir } = workerData as WorkerStart
  const worker = new DbWorker(dir)
  parentPort?.on('message', (message: ToWorker) => worker.receive(message))
  post({ type: 'opened' })
} catch (error) {
  post({ type: 'failed', fault: faultOf(error) })
}
