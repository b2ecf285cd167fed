import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../clock.ts'
import { addressText, type Host } from '../host.ts'
import {
  type Exchange,
  RequestError,
  type RequestFailure,
  type RequestOptions,
  type RequestTiming,
} from '../network.ts'
import { type Peer, toPeerId } from '../peer.ts'
import { decodeMessage, encodeMessage, messageTypeName } from '../wire/codec.ts'
import { frame } from '../wire/framing.ts'
import type { RpcMessage } from '../wire/message.ts'
import type { ConnectedPeers } from './connected-peers.ts'
import type { LingeringStreams } from './lingering-streams.ts'
import { readReply } from './reply-reader.ts'

const DEFAULT_TIMEOUT_MS = 10_000
const DEFAULT_DIAL_TIMEOUT_MS = 5_000
/** How long an ADD_PROVIDER waits for an acknowledgement or the stream's end. */
const OPTIONAL_REPLY_MS = 2_000
const MAX_OUTBOUND_STREAMS = 1_000

/** What a request works with. */
export interface OutboundContext {
  host: Host
  protocol: string
  clock: Clock
  connected: ConnectedPeers
  lingering: LingeringStreams
  /** Addresses known for a peer that came without any. */
  knownAddrs(peer: Peer): Promise<readonly Uint8Array[]>
}

/** One request: dial if need be, a fresh stream, one message there and one back. */
export class OutboundRequest {
  readonly #context: OutboundContext
  readonly #peer: Peer
  readonly #message: RpcMessage
  readonly #options: RequestOptions
  readonly #requestBytes: Uint8Array
  readonly #timing: RequestTiming = { dialMs: 0, negotiateMs: 0, waitMs: 0, decodeMs: 0 }
  /** Ends the dial and the negotiation. */
  readonly #controller = new AbortController()
  /** Why it was ended from outside, when it was. */
  #ended: RequestError | undefined
  #stream: Stream | undefined

  constructor(context: OutboundContext, peer: Peer, message: RpcMessage, options: RequestOptions) {
    this.#context = context
    this.#peer = peer
    this.#message = message
    this.#options = options
    this.#requestBytes = encodeMessage(message)
  }

  /** Throws `RequestError`. */
  async run(): Promise<Exchange> {
    const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options
    const onAbort = () => this.#end('cancelled', 'The request was cancelled.', signal?.reason)
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    const cancelTimer = this.#context.clock.schedule(timeoutMs, () =>
      this.#end('timeout', `The peer did not answer within ${timeoutMs} ms.`),
    )
    try {
      return await this.#exchange()
    } catch (error) {
      throw this.#described(error)
    } finally {
      cancelTimer()
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Ends whatever is under way, at once. */
  #end(failure: RequestFailure, message: string, cause?: unknown): void {
    this.#ended ??= new RequestError(failure, message, { cause })
    this.#controller.abort(this.#ended)
    this.#stream?.abort(this.#ended)
  }

  async #exchange(): Promise<Exchange> {
    this.#throwIfEnded()
    const { connection, stream } = await this.#openStream()
    const isOptional = this.#options.reply === 'optional'
    const replyBytes = await this.#timed('waitMs', () => this.#sendAndRead(stream, isOptional))
    if (replyBytes === undefined && !isOptional) {
      throw new RequestError('reset', 'The peer closed the stream before it replied.')
    }
    return {
      requestBytes: this.#requestBytes,
      ...(replyBytes !== undefined && this.#decoded(replyBytes)),
      timing: this.#timing,
      address: addressText(connection.remoteAddr),
    }
  }

  /** A connection may have died unnoticed: nothing was sent on it then, and one dial is tried. */
  async #openStream(): Promise<{ connection: Connection; stream: Stream }> {
    const open = this.#context.connected.connectionTo(this.#peer.id)
    if (open !== undefined) {
      try {
        return { connection: open, stream: await this.#negotiate(open) }
      } catch (error) {
        if (!isClosedConnection(error)) throw error
      }
    }
    const connection = await this.#timed('dialMs', () => this.#dial())
    return { connection, stream: await this.#negotiate(connection) }
  }

  async #dial(): Promise<Connection> {
    const { host, clock, knownAddrs } = this.#context
    const { dialTimeoutMs = DEFAULT_DIAL_TIMEOUT_MS } = this.#options
    const addrs = this.#peer.addrs.length > 0 ? this.#peer.addrs : await knownAddrs(this.#peer)
    const targets = dialTargets(this.#peer, addrs)
    this.#throwIfEnded()
    if (targets.length === 0) throw new RequestError('no-address', 'No address of the peer may be dialled.')
    const cancelTimer = clock.schedule(dialTimeoutMs, () =>
      this.#end('dial', `The peer could not be reached within ${dialTimeoutMs} ms.`),
    )
    try {
      return await host.dial(targets, { signal: this.#controller.signal })
    } catch (cause) {
      throw new RequestError('dial', `The peer could not be reached: ${textOf(cause)}`, { cause })
    } finally {
      cancelTimer()
    }
  }

  #negotiate(connection: Connection): Promise<Stream> {
    return this.#timed('negotiateMs', async () => {
      const { signal } = this.#controller
      const options = { signal, maxOutboundStreams: MAX_OUTBOUND_STREAMS }
      const stream = await connection.newStream(this.#context.protocol, options)
      this.#stream = stream
      if (this.#ended !== undefined) stream.abort(this.#ended)
      this.#throwIfEnded()
      return stream
    })
  }

  async #sendAndRead(stream: Stream, isOptional: boolean): Promise<Uint8Array | undefined> {
    const reply = readReply(stream)
    try {
      stream.send(frame(this.#requestBytes))
      return await (isOptional ? this.#withinPatience(stream, reply) : reply)
    } catch (error) {
      reply.catch(() => {})
      stream.abort(error instanceof Error ? error : new Error(String(error)))
      throw error
    } finally {
      this.#context.lingering.release(stream)
      this.#stream = undefined
    }
  }

  /** Half-closes, so that a server that does not answer ends the stream too, and waits for a little while. */
  #withinPatience(stream: Stream, reply: Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = this.#context.clock.schedule(OPTIONAL_REPLY_MS, () => resolve(undefined))
      stream.close({ signal: this.#controller.signal }).catch(reject)
      reply.then(resolve, reject).finally(cancel)
    })
  }

  #decoded(replyBytes: Uint8Array): Pick<Exchange, 'reply' | 'replyBytes' | 'dropped'> {
    const { clock } = this.#context
    const startedMs = clock.monotonic()
    // A frame may share a large chunk's memory.
    const bytes = new Uint8Array(replyBytes)
    const { message, dropped } = decodedReply(bytes)
    if (message.type !== this.#message.type) {
      const [got, wanted] = [messageTypeName(message.type), messageTypeName(this.#message.type)]
      throw new RequestError('invalid', `The peer answered a ${wanted} request with ${got}.`)
    }
    this.#timing.decodeMs = clock.monotonic() - startedMs
    return { reply: message, replyBytes: bytes, ...(dropped > 0 && { dropped }) }
  }

  async #timed<T>(phase: keyof RequestTiming, work: () => Promise<T>): Promise<T> {
    const { clock } = this.#context
    const startedMs = clock.monotonic()
    try {
      return await work()
    } finally {
      this.#timing[phase] += clock.monotonic() - startedMs
    }
  }

  #throwIfEnded(): void {
    if (this.#ended !== undefined) throw this.#ended
  }

  /** What happened, with what was measured until then. An end from outside explains every other error. */
  #described(error: unknown): RequestError {
    const known = this.#ended ?? (error instanceof RequestError ? error : undefined)
    const failure = known?.failure ?? failureOf(error)
    const message = known?.message ?? `The stream failed: ${textOf(error)}`
    const details = { timing: this.#timing, requestBytes: this.#requestBytes, cause: known?.cause ?? error }
    return new RequestError(failure, message, details)
  }
}

function dialTargets(peer: Peer, addrs: readonly Uint8Array[]) {
  const peerId = toPeerId(peer)
  return addrs.flatMap((address) => {
    try {
      return [multiaddr(address).encapsulate(`/p2p/${peerId}`)]
    } catch {
      return []
    }
  })
}

function decodedReply(bytes: Uint8Array): ReturnType<typeof decodeMessage> {
  try {
    return decodeMessage(bytes)
  } catch (cause) {
    throw new RequestError('invalid', `The reply is no message: ${textOf(cause)}`, { cause })
  }
}

/** Errors of `newStream` on a connection that turned out to be closed. */
const closedConnection = new Set(['ConnectionClosedError', 'MuxerClosedError', 'StreamStateError'])

function isClosedConnection(error: unknown): boolean {
  return error instanceof Error && closedConnection.has(error.name)
}

function failureOf(error: unknown): RequestFailure {
  return error instanceof Error && error.name === 'UnsupportedProtocolError' ? 'unsupported' : 'reset'
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
