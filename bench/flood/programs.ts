import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const SAMPLE_MS = 250

const PATIENCE_MS = 20_000

/** A program that prints JSON lines; `await using` ends it. */
export class Program implements AsyncDisposable {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  #isAsked = false

  /** @param command - default: this Node. */
  constructor(args: readonly string[], command: string = process.execPath) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    process.once('exit', () => child.kill('SIGKILL'))
    this.pid = child.pid ?? 0
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  }

  /** The next line. Throws when the program ended without. */
  async line(): Promise<Record<string, unknown>> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error('The program ended early; its errors stand above.')
    return JSON.parse(value)
  }

  /** Asks it to end, once: a second signal would kill it. */
  end(): void {
    if (this.#isAsked) return
    this.#isAsked = true
    this.#child.kill('SIGTERM')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS)
    await exited
    clearTimeout(timer)
  }
}

/** Watches the resident memory of a process, in MiB. */
export class MemoryWatch implements Disposable {
  readonly #pid: number
  readonly #timer: NodeJS.Timeout
  readonly startMiB: number
  peakMiB: number

  constructor(pid: number) {
    this.#pid = pid
    this.startMiB = residentMiB(pid)
    this.peakMiB = this.startMiB
    this.#timer = setInterval(() => this.now(), SAMPLE_MS)
  }

  now(): number {
    const resident = residentMiB(this.#pid)
    this.peakMiB = Math.max(this.peakMiB, resident)
    return resident
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

/** From `/proc`; NaN where there is none. */
function residentMiB(pid: number): number {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kib) / 1024)
  } catch {
    return Number.NaN
  }
}

/** Seconds of processor time the process has used, from `/proc`. */
export function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return Number.NaN
  }
}
