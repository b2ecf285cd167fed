import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { type Client, connect } from '../../../src/main/cli/remote-client.ts'
import type { FeedEvent } from '../../../src/shared/feed.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const program = join(root, 'out', 'main', 'kadscope.js')

const readySchema = z.object({ ready: z.literal(true), url: z.url(), port: z.number(), pid: z.number() })

/** `kadscope serve` in a process of its own, as a person starts it. */
export class ServedBackend {
  readonly url: string
  readonly port: number
  readonly client: Client
  readonly #process: ChildProcess
  readonly #disconnect: () => void

  private constructor(process: ChildProcess, ready: z.infer<typeof readySchema>, connected: ConnectedClient) {
    this.#process = process
    this.url = ready.url
    this.port = ready.port
    this.client = connected.client
    this.#disconnect = connected.close
  }

  /** Resolves when the explorer can be opened. */
  static async start(home: string, args: string[] = []): Promise<ServedBackend> {
    const child = spawn(process.execPath, [program, 'serve', '--json', '--home', home, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    const ready = readySchema.parse(JSON.parse(z.string().parse(line)))
    const token = new URL(ready.url).searchParams.get('token') ?? ''
    const connected = await connect({ ...ready, token })
    if (connected === undefined) throw new Error('The backend says that it is ready and does not answer.')
    return new ServedBackend(child, ready, connected)
  }

  /** The first thing `find` makes of the feed's events, beginning with a snapshot. */
  async follow<T>(find: (event: FeedEvent) => T | undefined): Promise<T> {
    const feed = await this.client.feed.subscribe()
    for await (const { feedId, seq, events } of feed) {
      for (const event of events) {
        const found = find(event)
        if (found !== undefined) return found
      }
      await this.client.feed.acknowledge({ feedId, seq })
    }
    throw new Error('The feed ended.')
  }

  /** Ends it as Ctrl-C does; resolves with its exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM')
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) return exitCode
    this.#disconnect()
    const ended = once(this.#process, 'exit')
    this.#process.kill(signal)
    const [code] = await ended
    return z.number().nullable().parse(code)
  }
}

type ConnectedClient = NonNullable<Awaited<ReturnType<typeof connect>>>

/** Runs the command line as a person does; resolves with what it printed and its exit code. */
export async function kadscope(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const out = { stdout: '', stderr: '' }
  child.stdout.on('data', (data) => {
    out.stdout += data
  })
  child.stderr.on('data', (data) => {
    out.stderr += data
  })
  const [exitCode] = await once(child, 'close')
  return { exitCode: z.number().nullable().parse(exitCode), ...out }
}
