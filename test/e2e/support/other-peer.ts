import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'

const program = join(import.meta.dirname, '..', '..', '..', 'out', 'main', 'peer.js')
const readySchema = z.object({ ready: z.literal(true), addr: z.string() })

/** A node in a process of its own, so that it can be made silent. It takes any value under `/v`. */
export class OtherPeer {
  readonly address: string
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, address: string) {
    this.#process = process
    this.address = address
  }

  /** Resolves when it can be dialled. */
  static async start(protocol: string): Promise<OtherPeer> {
    const args = ['server', '--port', '0', '--protocol', protocol, '--no-rate-limit']
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    const { addr } = readySchema.parse(JSON.parse(z.string().parse(line)))
    return new OtherPeer(child, addr)
  }

  /** It keeps its connections and answers nothing any more. */
  silence(): void {
    this.#process.kill('SIGSTOP')
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }
}
