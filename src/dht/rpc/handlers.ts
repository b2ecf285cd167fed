import type { InboundEvent, InboundOutcome } from '../events.ts'
import type { Peer } from '../peer.ts'
import { decodeMessage, MAX_ENVELOPE_SIZE_BYTES, messageTypeName } from '../wire/codec.ts'
import { MalformedMessageError } from '../wire/malformed-message-error.ts'
import { MessageType, type MessageTypeName, type RpcMessage } from '../wire/message.ts'
import { PeerEntries } from '../wire/reply.ts'
import { handleAddProvider } from './handlers/add-provider.ts'
import { handleFindNode } from './handlers/find-node.ts'
import { handleGetProviders } from './handlers/get-providers.ts'
import { handleGetValue } from './handlers/get-value.ts'
import { type Handler, type HandlerContext, type Reply, RequestRejected } from './handlers/handler.ts'
import { handlePing } from './handlers/ping.ts'
import { handlePutValue } from './handlers/put-value.ts'
import { LimitReports, type RequestLimits, TaskSlots } from './limits.ts'
import { ReplyBuilder, type ReplyEnvelopes } from './reply-builder.ts'
import { SERVER_DEFAULTS, type ServerSettings } from './server-settings.ts'

const handlers: Record<MessageTypeName, Handler> = {
  PUT_VALUE: handlePutValue,
  GET_VALUE: handleGetValue,
  ADD_PROVIDER: handleAddProvider,
  GET_PROVIDERS: handleGetProviders,
  FIND_NODE: handleFindNode,
  PING: handlePing,
}

export interface RequestHandlersDeps extends Omit<HandlerContext, 'settings' | 'entries'> {
  /** The node's counter of requests in either direction. */
  nextRpcId(): number
  /** Per-peer limits; without them nothing is limited by rate. */
  limits?: RequestLimits
  settings?: Partial<ServerSettings>
  /** Shared by the servers of a simulated world, so that each peer is encoded once in all. Default: its own. */
  entries?: PeerEntries
}

/** What became of a request. Without `replyBytes`: nothing is sent when the outcome is ok, else the stream is reset. */
export interface HandledRequest {
  outcome: InboundOutcome
  /** Absent when ok; else why, in a sentence. */
  reason?: string
  messageType: MessageTypeName | 'UNKNOWN'
  key?: Uint8Array
  /** Without length prefix. */
  replyBytes?: Uint8Array
}

/** Answers the requests of others. Knows no streams: `Libp2pNetwork` and the simulator bring the bytes. */
export class RequestHandlers {
  readonly #context: HandlerContext
  readonly #limits: RequestLimits | undefined
  readonly #nextRpcId: () => number
  readonly #replies: ReplyBuilder
  readonly #writes: TaskSlots
  readonly #reports: LimitReports

  constructor({ nextRpcId, limits, settings: given, ...deps }: RequestHandlersDeps) {
    const settings = { ...SERVER_DEFAULTS, ...given }
    const entries = deps.entries ?? new PeerEntries(deps.network.addressFilter)
    this.#context = { ...deps, settings, entries }
    this.#limits = limits
    this.#nextRpcId = nextRpcId
    this.#replies = new ReplyBuilder({ entries, maxSizeBytes: settings.maxReplySizeBytes })
    this.#writes = new TaskSlots(settings.maxConcurrentWrites, settings.maxWaitingWrites)
    this.#reports = new LimitReports(deps)
  }

  /** Largest request worth reading, in bytes: what the frame reader of inbound streams may be capped at. */
  get maxRequestSizeBytes(): number {
    return this.#context.settings.maxRequestSizeBytes
  }

  /** Requests refused by a limit since the start, by limit. */
  get refusals(): Record<string, number> {
    return Object.fromEntries([...(this.#limits?.refused ?? []), ...this.#reports.totals])
  }

  /**
   * Answers one message (without length prefix) of `from`, who is
   * authenticated by the connection. Never throws; publishes one `rpc:inbound`.
   */
  async handle(from: Peer, requestBytes: Uint8Array): Promise<HandledRequest> {
    const rpcId = this.#nextRpcId()
    const startedMs = this.#context.clock.monotonic()
    const handled = await this.#answer(from, requestBytes)
    this.#published(rpcId, startedMs, from, requestBytes, handled)
    return handled
  }

  /** Publishes a request that never became a message: a broken frame, a stream over its limit, a requester gone. */
  refuse(from: Peer, outcome: Exclude<InboundOutcome, 'ok'>, reason: string, requestSizeBytes = 0): void {
    const { publish } = this.#context
    const rpcId = this.#nextRpcId()
    const event = {
      rpcId,
      peer: from.id,
      peerKey: from.key,
      messageType: 'UNKNOWN',
      outcome,
      reason,
    } as const
    publish({ type: 'rpc:inbound', ...event, durationMs: 0, requestSizeBytes, replySizeBytes: 0 })
  }

  async #answer(from: Peer, requestBytes: Uint8Array): Promise<HandledRequest> {
    const expected = peekType(requestBytes)
    if (!this.#isAdmitted(from, expected)) return limited(expected)
    if (requestBytes.length > this.maxRequestSizeBytes) {
      const reason = `The request takes ${requestBytes.length} bytes; at most ${this.maxRequestSizeBytes} are read.`
      return { outcome: 'rejected', reason, messageType: expected }
    }
    let request: RpcMessage
    try {
      request = decodeMessage(requestBytes, this.#context.settings.maxProvidersPerRequest).message
    } catch (error) {
      return failed('UNKNOWN', error)
    }
    const messageType = messageTypeName(request.type)
    if (messageType !== expected && !this.#isAdmitted(from, messageType)) return limited(messageType)
    return this.#answerMessage(from, messageType, request)
  }

  async #answerMessage(
    from: Peer,
    messageType: MessageTypeName,
    request: RpcMessage,
  ): Promise<HandledRequest> {
    const handled = { messageType, ...(request.key !== undefined && { key: request.key }) }
    try {
      await this.#checkSender(from, request)
      const reply = await this.#run(handlers[messageType], from, request)
      if (reply === undefined) return { ...handled, outcome: 'ok' }
      const envelopes = await this.#replyEnvelopes(request)
      return { ...handled, outcome: 'ok', replyBytes: this.#replies.build(request.type, reply, envelopes) }
    } catch (error) {
      return { ...handled, ...failed(messageType, error) }
    }
  }

  /** Writes wait for a slot, so that a flood of them leaves the node time for reads. */
  async #run(handler: Handler, from: Peer, request: RpcMessage): Promise<Reply | undefined> {
    const isWrite = request.type === MessageType.PUT_VALUE || request.type === MessageType.ADD_PROVIDER
    if (!isWrite) return handler(this.#context, from, request)
    if (this.#writes.isFull) {
      const reason = 'Too many writes are waiting.'
      this.#reports.hit('concurrent writes', reason, from.id)
      throw new RequestLimited(reason)
    }
    return this.#writes.run(() => handler(this.#context, from, request))
  }

  /** A signed peer record of the sender that must not be believed drops the whole request (protocol.md §7). */
  async #checkSender(from: Peer, { senderRecord }: RpcMessage): Promise<void> {
    const { envelopes } = this.#context
    if (senderRecord === undefined || envelopes === undefined) return
    const isTooLarge = senderRecord.length > MAX_ENVELOPE_SIZE_BYTES
    if (isTooLarge || !(await envelopes.consume(senderRecord, from))) {
      throw new RequestRejected('The signed peer record of the sender is not valid.')
    }
  }

  async #replyEnvelopes({ senderRecord }: RpcMessage): Promise<ReplyEnvelopes | undefined> {
    const { envelopes } = this.#context
    if (senderRecord === undefined || envelopes === undefined) return undefined
    return { own: await envelopes.own(), of: (peer) => envelopes.of(peer) }
  }

  #isAdmitted(from: Peer, type: MessageTypeName): boolean {
    return this.#limits?.admit(from.id, type) ?? true
  }

  #published(
    rpcId: number,
    startedMs: number,
    from: Peer,
    request: Uint8Array,
    handled: HandledRequest,
  ): void {
    const { clock, publish } = this.#context
    const { replyBytes, ...rest } = handled
    const event: Omit<InboundEvent, 'type'> = {
      rpcId,
      peer: from.id,
      peerKey: from.key,
      ...rest,
      durationMs: clock.monotonic() - startedMs,
      requestSizeBytes: request.length,
      replySizeBytes: replyBytes?.length ?? 0,
      // A frame may share a large chunk's memory; what was limited is not worth keeping.
      ...(handled.outcome !== 'limited' && { requestBytes: new Uint8Array(request) }),
      ...(replyBytes !== undefined && { replyBytes }),
    }
    publish({ type: 'rpc:inbound', ...event })
  }
}

/** Refused by a limit inside a handler's run. */
class RequestLimited extends RequestRejected {}

function limited(messageType: MessageTypeName): HandledRequest {
  return { outcome: 'limited', reason: `The peer sends too many ${messageType} requests.`, messageType }
}

function failed(messageType: HandledRequest['messageType'], error: unknown): HandledRequest {
  const reason = error instanceof Error ? error.message : String(error)
  return { outcome: outcomeOf(error), reason, messageType }
}

function outcomeOf(error: unknown): InboundOutcome {
  if (error instanceof MalformedMessageError) return 'malformed'
  if (error instanceof RequestLimited) return 'limited'
  return error instanceof RequestRejected ? 'rejected' : 'error'
}

/**
 * The type a message most likely has, by its first bytes, so that a peer over
 * its limit costs no decoding. Written any other way it counts as PUT_VALUE,
 * and its true type is limited after decoding.
 */
function peekType(bytes: Uint8Array): MessageTypeName {
  const type = Object.values(MessageType).find((value) => bytes[0] === 0x08 && bytes[1] === value)
  return messageTypeName(type ?? MessageType.PUT_VALUE)
}
