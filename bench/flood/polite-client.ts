import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection, Libp2p } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { readReply } from '../../src/dht/rpc/reply-reader.ts'
import { decodeMessage, encodeMessage } from '../../src/dht/wire/codec.ts'
import { frame } from '../../src/dht/wire/framing.ts'
import { MessageType } from '../../src/dht/wire/message.ts'
import { libp2pOptions } from '../../src/main/node/libp2p-options.ts'

const INTERVAL_MS = 50
const TIMEOUT_MS = 10_000

/** Times of a phase, in milliseconds. */
export interface ClientFigures {
  requests: number
  errors: number
  p50Ms: number
  p99Ms: number
  maxMs: number
  /** What the failed ones failed of, and how many of each. */
  failures: Record<string, number>
}

/** A client that asks FIND_NODE for a random key every 50 ms, each on a stream of its own. */
export class PoliteClient {
  readonly #node: Libp2p
  readonly #connection: Connection
  readonly #protocol: string

  private constructor(node: Libp2p, connection: Connection, protocol: string) {
    this.#node = node
    this.#connection = connection
    this.#protocol = protocol
  }

  static async connect(server: Multiaddr, protocol: string): Promise<PoliteClient> {
    const privateKey = await generateKeyPair('Ed25519')
    const node = await createLibp2p(libp2pOptions({ privateKey, listen: [], pingIntervalMs: 0 }))
    return new PoliteClient(node, await node.dial(server), protocol)
  }

  /** Asks for so many seconds; resolves when every request has been answered or has failed. */
  async ask(seconds: number): Promise<ClientFigures> {
    const requests: Promise<number | string>[] = []
    const count = Math.round((seconds * 1000) / INTERVAL_MS)
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (requests.push(this.#timed()) < count) return
        clearInterval(timer)
        resolve()
      }, INTERVAL_MS)
    })
    return figuresOf(await Promise.all(requests))
  }

  stop(): Promise<void> {
    return Promise.resolve(this.#node.stop())
  }

  /** How long one request took, or what it failed of. */
  async #timed(): Promise<number | string> {
    const startedMs = performance.now()
    try {
      await this.#findNode(AbortSignal.timeout(TIMEOUT_MS))
      return performance.now() - startedMs
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  async #findNode(signal: AbortSignal): Promise<void> {
    const stream = await this.#connection.newStream(this.#protocol, { signal, maxOutboundStreams: 1_000 })
    const onTimeout = () => stream.abort(new Error('No answer in time.'))
    signal.addEventListener('abort', onTimeout, { once: true })
    const key = crypto.getRandomValues(new Uint8Array(32))
    const reply = readReply(stream)
    stream.send(
      frame(encodeMessage({ type: MessageType.FIND_NODE, key, closerPeers: [], providerPeers: [] })),
    )
    const bytes = await reply
    if (bytes === undefined) throw new Error('The stream ended without a reply.')
    decodeMessage(bytes)
    signal.removeEventListener('abort', onTimeout)
    await stream.close()
  }
}

function figuresOf(outcomes: (number | string)[]): ClientFigures {
  const times = outcomes.filter((outcome) => typeof outcome === 'number').sort((a, b) => a - b)
  const at = (share: number) => rounded(times[Math.floor(times.length * share)])
  const failures: Record<string, number> = {}
  for (const outcome of outcomes)
    if (typeof outcome === 'string') failures[outcome] = (failures[outcome] ?? 0) + 1
  return {
    requests: outcomes.length,
    errors: outcomes.length - times.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: rounded(times.at(-1)),
    failures,
  }
}

function rounded(ms = Number.NaN): number {
  return Math.round(ms * 10) / 10
}
