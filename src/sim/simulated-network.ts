import type { MultiaddrFilter } from '../dht/address-filter.ts'
import type { Clock } from '../dht/clock.ts'
import {
  type Exchange,
  type Network,
  RequestError,
  type RequestFailure,
  type RequestOptions,
  type RequestTiming,
} from '../dht/network.ts'
import type { Peer } from '../dht/peer.ts'
import { decodeMessage, encodeMessage } from '../dht/wire/codec.ts'
import type { RpcMessage } from '../dht/wire/message.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedNode } from './simulated-node.ts'

/** How links of a world behave; times in milliseconds. */
export interface LinkSettings {
  /** A dial takes this many times the peer's latency (TCP, noise and yamux: about 3). Default 0, as on loopback. */
  dialFactor: number
  /** A refused dial takes this long. Default 1. */
  refusalMs: number
  /** Share of requests that get lost on the way, 0 to 1. Default 0. */
  loss: number
}

/** What a simulated network needs of its world. */
export interface NetworkWorld {
  clock: Clock
  links: LinkSettings
  /** By base58btc id; undefined for peers that do not exist. */
  find(id: string): SimulatedNode | undefined
  findByBytes(idBytes: Uint8Array): SimulatedNode | undefined
}

const NO_TIME: RequestTiming = { dialMs: 0, negotiateMs: 0, waitMs: 0, decodeMs: 0 }

/**
 * One node's way into a simulated world. Requests go through the real codec
 * and the real handlers of the other side; only the wire between is made up.
 */
export class SimulatedNetwork implements Network {
  readonly self: Peer
  readonly addressFilter: MultiaddrFilter = () => true
  readonly #world: NetworkWorld
  readonly #random: SeededRandom
  readonly #connected = new Set<string>()
  readonly #encoded = new WeakMap<RpcMessage, Uint8Array>()

  constructor(self: Peer, world: NetworkWorld, random: SeededRandom) {
    this.self = self
    this.#world = world
    this.#random = random
  }

  async request(peer: Peer, message: RpcMessage, options: RequestOptions = {}): Promise<Exchange> {
    const call = new Call(this.#world.clock, options, this.#encode(message))
    try {
      const node = await this.#dial(peer, call, options.dialTimeoutMs ?? 5000)
      return await this.#exchange(node, call, options)
    } finally {
      call.end()
    }
  }

  connectedServers(): Peer[] {
    return [...this.#connected].flatMap((id) => {
      const node = this.#world.find(id)
      return node?.isServing ? [node.peer] : []
    })
  }

  async storedPeers(): Promise<Peer[]> {
    return []
  }

  async findKnown(idBytes: Uint8Array): Promise<Peer | undefined> {
    const node = this.#world.findByBytes(idBytes)
    return node !== undefined && this.#connected.has(node.peer.id) ? node.peer : undefined
  }

  /** Closes every connection, so that the next requests dial again. */
  disconnect(): void {
    this.#connected.clear()
  }

  #encode(message: RpcMessage): Uint8Array {
    const known = this.#encoded.get(message)
    if (known !== undefined) return known
    const bytes = encodeMessage(message)
    this.#encoded.set(message, bytes)
    return bytes
  }

  async #dial(peer: Peer, call: Call, dialTimeoutMs: number): Promise<SimulatedNode> {
    const node = this.#world.find(peer.id)
    const { links } = this.#world
    if (node === undefined || node.behaviour === 'refusing') {
      await call.pass(links.refusalMs, 'dialMs')
      throw call.failure('dial', 'The connection was refused.')
    }
    if (node.behaviour === 'undialable') {
      await call.pass(dialTimeoutMs, 'dialMs')
      throw call.failure('dial', 'The dial was not answered.')
    }
    if (this.#connected.has(peer.id)) return node
    await call.pass(links.dialFactor * node.latencyMs, 'dialMs')
    this.#connected.add(peer.id)
    return node
  }

  async #exchange(node: SimulatedNode, call: Call, { reply }: RequestOptions): Promise<Exchange> {
    if (node.behaviour === 'silent' || this.#random.chance(this.#world.links.loss)) await call.passForever()
    await call.pass(node.latencyMs, 'waitMs')
    // It may have gone, or fallen silent, while the request was on its way.
    if (node.behaviour === 'client')
      throw call.failure('unsupported', 'The peer does not serve this protocol.')
    if (!node.isServing) throw call.failure('reset', 'The stream was reset.')
    const { outcome, reason, replyBytes } = await node.answer(this.self, call.requestBytes)
    if (outcome !== 'ok') throw call.failure('reset', `The stream was reset: ${reason}`)
    if (replyBytes === undefined && reply !== 'optional')
      throw call.failure('reset', 'The stream ended without a reply.')
    const { requestBytes, timing } = call
    if (replyBytes === undefined) return { requestBytes, timing }
    const { message, dropped } = decodeMessage(replyBytes)
    return { reply: message, requestBytes, replyBytes, timing, ...(dropped > 0 && { dropped }) }
  }
}

/** One request under way: what it has cost so far, and its deadline and signal. */
class Call {
  readonly requestBytes: Uint8Array
  readonly #clock: Clock
  readonly #signal: AbortSignal | undefined
  readonly #interrupted = Promise.withResolvers<never>()
  readonly #cancelDeadline: () => void
  readonly #onAbort = () => this.#interrupted.reject(this.failure('cancelled', 'The request was cancelled.'))
  #timing: RequestTiming = NO_TIME

  constructor(clock: Clock, { signal, timeoutMs = 10_000 }: RequestOptions, requestBytes: Uint8Array) {
    this.requestBytes = requestBytes
    this.#clock = clock
    this.#signal = signal
    this.#interrupted.promise.catch(() => {})
    this.#cancelDeadline = clock.schedule(timeoutMs, () =>
      this.#interrupted.reject(this.failure('timeout', `No reply within ${timeoutMs} ms.`)),
    )
    if (signal?.aborted) this.#onAbort()
    else signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  get timing(): RequestTiming {
    return this.#timing
  }

  /** Lets time pass, unless the call is interrupted. */
  async pass(durationMs: number, phase: keyof RequestTiming): Promise<void> {
    let cancel = () => {}
    const passed = new Promise<void>((resolve) => {
      cancel = this.#clock.schedule(durationMs, resolve)
    })
    const startedMs = this.#clock.monotonic()
    try {
      await Promise.race([passed, this.#interrupted.promise])
    } finally {
      cancel()
      this.#timing = { ...this.#timing, [phase]: this.#timing[phase] + this.#clock.monotonic() - startedMs }
    }
  }

  /** Until the deadline or the signal. */
  passForever(): Promise<never> {
    return this.#interrupted.promise
  }

  failure(failure: RequestFailure, message: string): RequestError {
    return new RequestError(failure, message, { timing: this.#timing, requestBytes: this.requestBytes })
  }

  end(): void {
    this.#cancelDeadline()
    this.#signal?.removeEventListener('abort', this.#onAbort)
  }
}
