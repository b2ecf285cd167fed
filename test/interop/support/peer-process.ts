import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { z } from 'zod'
import { type Peer, peerFromInfo, toPeerInfo } from '../../../src/dht/index.ts'

const START_TIMEOUT_MS = 60_000
const CLIENT_TIMEOUT_MS = 90_000
const STOP_TIMEOUT_MS = 5_000

const readyLine = z.object({
  ready: z.literal(true),
  peerId: z.string(),
  addr: z.string(),
  table: z.number(),
})
const opLine = z.object({
  op: z.string(),
  ok: z.boolean(),
  error: z.string().optional(),
  value: z.string().optional(),
  peerId: z.string().optional(),
  addrs: z.array(z.string()).optional(),
  providers: z.array(z.string()).optional(),
})
const lookupLine = z.object({ key: z.string(), peers: z.array(z.string()) })

/** One line of `ops`. */
export type OpResult = z.infer<typeof opLine>

/** A server of another implementation. */
export interface PeerServer {
  peer: Peer
  /** Multiaddr with its peer id. */
  address: string
  /** Peers it was given and took. */
  table: number
}

/** Starts the programs of one implementation; `await using` ends those that still run. */
export class PeerPrograms implements AsyncDisposable {
  readonly #run: readonly string[]
  readonly #running = new Set<ChildProcess>()
  readonly #dir = mkdtempSync(join(tmpdir(), 'kadscope-interop-'))
  #files = 0

  /** @param run - the program and its first arguments. */
  constructor(run: readonly string[]) {
    this.#run = run
  }

  /** A server whose routing table was filled with `peers`; resolves when it is ready. */
  async server(peers: readonly Peer[] = []): Promise<PeerServer> {
    const lines = peers.map((peer) => ({ id: peer.id, addrs: toPeerInfo(peer).multiaddrs.map(String) }))
    const given =
      peers.length === 0 ? [] : ['--peers', this.#write(lines.map((line) => JSON.stringify(line)))]
    const child = this.#spawn(['server', '--port', '0', ...given])
    const { peerId, addr, table } = readyLine.parse(await firstLine(child))
    const peer = peerFromInfo({ id: peerIdFromString(peerId), multiaddrs: [multiaddr(addr)] })
    return { peer, address: addr, table }
  }

  /** Looks up keys as a client; the ids found for each. */
  async lookups(bootstrap: string, keys: readonly Uint8Array[]): Promise<string[][]> {
    const file = this.#write(keys.map(toHex))
    const lines = await this.#client(['client', '--bootstrap', bootstrap, '--keys', file])
    return lines.slice(0, -1).map((line) => lookupLine.parse(line).peers)
  }

  /** Does one operation as a client. */
  async op(bootstrap: string, ...args: string[]): Promise<OpResult> {
    const [line] = await this.#client(['ops', '--bootstrap', bootstrap, ...args])
    return opLine.parse(line)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map(ended))
    rmSync(this.#dir, { recursive: true, force: true })
  }

  /** All the lines of a program that ends by itself. Throws what it said when it failed. */
  async #client(args: string[]): Promise<unknown[]> {
    const child = this.#spawn(args)
    const timer = setTimeout(() => child.kill('SIGKILL'), CLIENT_TIMEOUT_MS)
    const [lines, problems] = await Promise.all([linesOf(child), textOf(child), exitOf(child)])
    clearTimeout(timer)
    if (child.exitCode === 0 && lines.length > 0) return lines.map((line) => JSON.parse(line))
    throw new Error(`${args[0]} ended with ${child.exitCode ?? child.signalCode}: ${problems}`)
  }

  #spawn(args: readonly string[]): ChildProcess {
    const [program = '', ...first] = this.#run
    const child = spawn(program, [...first, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#running.add(child)
    child.once('close', () => this.#running.delete(child))
    return child
  }

  #write(lines: readonly string[]): string {
    const file = join(this.#dir, `${this.#files++}.txt`)
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
    return file
  }
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** The first line a server prints. Throws what it said when it ends before, or takes too long. */
async function firstLine(child: ChildProcess): Promise<unknown> {
  const problems = textOf(child)
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS)
  const line = await new Promise<string | undefined>((resolve) => {
    if (child.stdout === null) return resolve(undefined)
    createInterface(child.stdout)
      .once('line', resolve)
      .once('close', () => resolve(undefined))
    child.once('error', () => resolve(undefined))
  })
  clearTimeout(timer)
  if (line !== undefined) return JSON.parse(line)
  throw new Error(`The server did not start: ${await problems}`)
}

async function linesOf({ stdout }: ChildProcess): Promise<string[]> {
  const lines: string[] = []
  if (stdout === null) return lines
  for await (const line of createInterface(stdout)) lines.push(line)
  return lines
}

/** All of what it says on stderr. */
async function textOf({ stderr }: ChildProcess): Promise<string> {
  let text = ''
  for await (const chunk of stderr ?? []) text += chunk
  return text.trim()
}

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('close', () => resolve())
    child.once('error', reject)
  })
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = exitOf(child).catch(() => {})
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  child.kill('SIGTERM')
  await exit
  clearTimeout(timer)
}
