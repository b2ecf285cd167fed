import type { Clock } from '../clock.ts'
import { NotAvailableError } from '../errors.ts'
import type { Publish } from '../events.ts'
import type { MaintenanceTask, TaskRun } from './task.ts'

/** A task that failed is tried again after this. */
const RETRY_MS = 60_000
/** The longest a timer is set for; timers of more than 24.8 days fire at once. */
const MAX_TIMER_MS = 24 * 3_600_000

export interface SchedulerInit {
  clock: Clock
  publish: Publish
  tasks: readonly MaintenanceTask[]
}

interface Entry {
  readonly task: MaintenanceTask
  /** Monotonic milliseconds. */
  dueMs: number
  running: Promise<void> | undefined
}

/**
 * Runs each task when it is due, by one timer. A task never runs twice at a
 * time; different tasks may overlap. A failure is published and harms nobody.
 */
export class Scheduler {
  readonly #clock: Clock
  readonly #publish: Publish
  readonly #entries: readonly Entry[]
  #controller: AbortController | undefined
  #cancelTimer = () => {}

  constructor({ clock, publish, tasks }: SchedulerInit) {
    this.#clock = clock
    this.#publish = publish
    this.#entries = tasks.map((task) => ({ task, dueMs: Number.POSITIVE_INFINITY, running: undefined }))
  }

  /** Begins to count from now. Harmless when it runs. */
  start(): void {
    if (this.#controller !== undefined) return
    this.#controller = new AbortController()
    const now = this.#clock.monotonic()
    for (const entry of this.#entries) entry.dueMs = now + entry.task.firstInMs
    this.#runDue()
  }

  /** Aborts what runs; resolves when it has ended. No timer is left. */
  async stop(): Promise<void> {
    this.#controller?.abort()
    this.#controller = undefined
    this.#cancelTimer()
    await Promise.all(this.#entries.map(({ running }) => running))
  }

  /** Lets the task run within `delayMs` (default at once), or once more if it is running now. Harmless when stopped. */
  hasten(name: MaintenanceTask['name'], delayMs = 0): void {
    if (this.#controller === undefined) return
    const dueMs = this.#clock.monotonic() + delayMs
    for (const entry of this.#entries) {
      if (entry.task.name === name) entry.dueMs = Math.min(entry.dueMs, dueMs)
    }
    this.#runDue()
  }

  /**
   * Resolves when a run that began after this call has ended; one under way is
   * waited for first. Throws `NotAvailableError` when stopped or without such a task.
   */
  async runNow(name: MaintenanceTask['name']): Promise<void> {
    const entry = this.#entries.find(({ task }) => task.name === name)
    await entry?.running
    if (entry === undefined || this.#controller === undefined) {
      throw new NotAvailableError(`There is no ${name} to run: the node is stopped or was made without it.`)
    }
    this.hasten(name)
    await entry.running
  }

  #runDue(): void {
    const controller = this.#controller
    if (controller === undefined) return
    const now = this.#clock.monotonic()
    for (const entry of this.#entries) {
      if (entry.running !== undefined || entry.dueMs > now) continue
      entry.running = this.#run(entry, controller.signal)
    }
    this.#setTimer()
  }

  async #run(entry: Entry, signal: AbortSignal): Promise<void> {
    entry.dueMs = Number.POSITIVE_INFINITY
    const { nextInMs } = await this.#runTask(entry.task, signal)
    entry.running = undefined
    if (signal.aborted) return
    entry.dueMs = Math.min(entry.dueMs, this.#clock.monotonic() + nextInMs)
    this.#runDue()
  }

  async #runTask(task: MaintenanceTask, signal: AbortSignal): Promise<TaskRun> {
    const startedMs = this.#clock.monotonic()
    try {
      const run = await task.run(this.#clock.now(), signal)
      const durationMs = this.#clock.monotonic() - startedMs
      const { result } = run
      if (result !== undefined)
        this.#publish({ type: 'maintenance:done', task: task.event, durationMs, result })
      return run
    } catch (error) {
      if (!signal.aborted) {
        const text = error instanceof Error ? error.message : String(error)
        this.#publish({ type: 'warning', message: `Maintenance (${task.name}) failed: ${text}` })
      }
      return { nextInMs: RETRY_MS }
    }
  }

  #setTimer(): void {
    this.#cancelTimer()
    const waiting = this.#entries.filter(({ running }) => running === undefined)
    const dueMs = Math.min(...waiting.map((entry) => entry.dueMs))
    if (dueMs === Number.POSITIVE_INFINITY) return
    const delayMs = Math.min(MAX_TIMER_MS, dueMs - this.#clock.monotonic())
    this.#cancelTimer = this.#clock.schedule(delayMs, () => this.#runDue())
  }
}
