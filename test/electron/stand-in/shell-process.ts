import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '../../../src/shared/contract.ts'
import type { Command, Report } from './messages.ts'

export type Api = ContractRouterClient<typeof contract>
type ReportOf<T extends Report['type']> = Extract<Report, { type: T }>

/** A built shell that runs under the stand-in, in a process of its own, and the user, page and attacker before it. */
export class ShellProcess {
  readonly reports: Report[] = []
  readonly exit: Promise<number | null>
  readonly #child: ChildProcess
  readonly #port = new EventEmitter()
  readonly #told = new EventEmitter()
  #output = ''

  /** @param appFolder has `out/` in it */
  constructor(appFolder: string, home: string) {
    const run = join(import.meta.dirname, 'run.ts')
    this.#child = fork(run, [appFolder, '--home', home], {
      serialization: 'advanced',
      silent: true,
      execArgv: [],
    })
    this.#child.stderr?.on('data', (chunk) => {
      this.#output += String(chunk)
    })
    this.#child.on('message', (message) => this.#take(message as Report))
    this.exit = once(this.#child, 'exit').then(([code]) => {
      this.#told.emit('report')
      return code as number | null
    })
  }

  /** The contract, over the port that the page was handed. */
  api(): Api {
    const port = {
      on: (event: string, listener: (event?: { data: unknown }) => void) => this.#port.on(event, listener),
      postMessage: (data: unknown) => this.#send({ type: 'port', data }),
    }
    return createORPCClient(new RPCLink({ port }))
  }

  /** The first report of a type, or the one after `skip` others. Rejects when the process ends before. */
  async report<T extends Report['type']>(type: T, skip = 0): Promise<ReportOf<T>> {
    for (;;) {
      const found = this.all(type)[skip]
      if (found !== undefined) return found
      if (this.#child.exitCode !== null) throw new Error(`The shell ended without ${type}.\n${this.#output}`)
      await once(this.#told, 'report')
    }
  }

  all<T extends Report['type']>(type: T): ReportOf<T>[] {
    return this.reports.filter((report): report is ReportOf<T> => report.type === type)
  }

  /** Gives a command and waits for what it comes to. */
  async command(command: Exclude<Command, { type: 'port' }>): Promise<ReportOf<'outcome'>> {
    const before = this.all('outcome').length
    this.#send(command)
    return this.report('outcome', before)
  }

  /** Closes the window and waits for the end; the exit code. */
  async quit(): Promise<number | null> {
    this.#send({ type: 'quit' })
    return this.exit
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #send(command: Command): void {
    this.#child.send(command)
  }

  #take(report: Report): void {
    if (report.type === 'port') this.#port.emit('message', { data: report.data })
    else this.reports.push(report)
    if (report.type === 'port-closed') this.#port.emit('close')
    this.#told.emit('report')
  }
}
