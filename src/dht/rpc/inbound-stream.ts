import type { Stream, StreamMessageEvent } from '@libp2p/interface'
import type { InboundOutcome } from '../events.ts'
import { FrameReader, frame } from '../wire/framing.ts'
import type { HandledRequest } from './handlers.ts'

/** What a waiting request takes beside its bytes. */
const QUEUED_BYTES = 256

export interface InboundStreamInit {
  stream: Stream
  maxRequestSizeBytes: number
  /** Milliseconds, never going back. */
  monotonic(): number
  /** A stream without a request for this long is reset. */
  idleTimeoutMs: number
  /** A request must be complete within this time of its first byte. */
  frameTimeoutMs: number
  /** Notes that so many bytes of requests more (or, below 0, fewer) wait here; false when that is too much. */
  hold(bytes: number): boolean
  handle(request: Uint8Array): Promise<HandledRequest>
  /** Told of what never became a request. */
  refused(outcome: Exclude<InboundOutcome, 'ok'>, reason: string, sizeBytes: number): void
  /** Called once, when the stream is closed or reset. */
  ended(): void
}

/**
 * Reads requests from one stream until the other side ends it, and answers
 * them in order, also those that arrived before the other side closed its half
 * (rust-libp2p does so after writing). Malformed or refused requests reset the
 * stream.
 */
export class InboundStream {
  /** Monotonic time at which `expire` is due. */
  deadlineMs: number
  readonly #init: InboundStreamInit
  readonly #reader: FrameReader
  readonly #queue: Uint8Array[] = []
  #queuedBytes = 0
  #heldBytes = 0
  #isAnswering = false
  #isSending = false
  #isRemoteEnded = false
  #isOver = false

  constructor(init: InboundStreamInit) {
    this.#init = init
    this.#reader = new FrameReader(init.maxRequestSizeBytes)
    this.deadlineMs = init.monotonic() + init.idleTimeoutMs
    const { stream } = init
    stream.addEventListener('message', this.#onMessage)
    stream.addEventListener('end', this.#onEnd)
    stream.addEventListener('close', this.#onClose)
    if (stream.status !== 'open' && stream.status !== 'closing') this.#finish()
    else if (stream.readableEnded) this.#onEnd()
  }

  /**
   * Called at the deadline: resets a stream that is idle, drips, or does not
   * read its reply; one whose request is being answered gets more time.
   */
  expire(): void {
    if (this.#isSending) {
      this.reset('The reply was not read in time.')
      return
    }
    if (this.#isAnswering) {
      this.#extendDeadline()
      return
    }
    if (this.#reader.isIdle) this.reset('The stream was idle for too long.')
    else this.#refuse('aborted', 'The request did not arrive completely in time.')
  }

  reset(reason: string): void {
    this.#init.stream.abort(new Error(reason))
    this.#finish()
  }

  readonly #onMessage = ({ data }: StreamMessageEvent): void => {
    if (this.#isOver) return
    const wasIdle = this.#reader.isIdle
    let requests: Uint8Array[]
    try {
      requests = this.#reader.push(data)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#refuse('malformed', reason, data.byteLength)
      return
    }
    this.#setDeadline(wasIdle || requests.length > 0)
    for (const request of requests) this.#enqueue(request)
    if (!this.#holds()) {
      this.#refuse('limited', 'Too many requests of the connection wait to be answered.', data.byteLength)
      return
    }
    if (!this.#isAnswering && this.#queue.length > 0) void this.#answerAll()
  }

  /** Copied: a frame may share the memory of a much larger chunk. */
  #enqueue(request: Uint8Array): void {
    this.#queue.push(new Uint8Array(request))
    this.#queuedBytes += request.length + QUEUED_BYTES
  }

  #dequeue(): Uint8Array | undefined {
    const request = this.#queue.shift()
    if (request !== undefined) this.#queuedBytes -= request.length + QUEUED_BYTES
    return request
  }

  /** Accounts for what waits now. The muxer is never paused: it would hold what comes in, unaccounted for. */
  #holds(): boolean {
    const bytes = this.#queuedBytes + this.#reader.pendingBytes
    if (!this.#init.hold(bytes - this.#heldBytes)) return false
    this.#heldBytes = bytes
    return true
  }

  /** A request's time runs from its first byte, however slowly the others come. */
  #setDeadline(isNewRequest: boolean): void {
    const { monotonic, frameTimeoutMs } = this.#init
    if (this.#reader.isIdle) this.#extendDeadline()
    else if (isNewRequest) this.deadlineMs = monotonic() + frameTimeoutMs
  }

  #extendDeadline(): void {
    this.deadlineMs = this.#init.monotonic() + this.#init.idleTimeoutMs
  }

  /** Data may come in the same frame as the end and be handed over just after it. */
  readonly #onEnd = (): void => {
    queueMicrotask(() => {
      this.#isRemoteEnded = true
      this.#closeWhenAnswered()
    })
  }

  readonly #onClose = (): void => this.#finish()

  async #answerAll(): Promise<void> {
    this.#isAnswering = true
    for (let next = this.#dequeue(); next !== undefined; next = this.#dequeue()) {
      this.#holds()
      const { outcome, replyBytes } = await this.#init.handle(next)
      if (this.#isOver) return
      if (replyBytes !== undefined) await this.#send(replyBytes)
      else if (outcome !== 'ok') this.reset('The request was refused.')
      if (this.#isOver) return
    }
    this.#isAnswering = false
    if (this.#reader.isIdle) this.#extendDeadline()
    this.#closeWhenAnswered()
  }

  async #send(replyBytes: Uint8Array): Promise<void> {
    const { stream } = this.#init
    this.#isSending = true
    try {
      // Who does not read its replies gets no further ones: nothing piles up here.
      if (!stream.send(frame(replyBytes))) {
        this.#extendDeadline()
        await stream.onDrain()
      }
    } catch (error) {
      this.reset(error instanceof Error ? error.message : String(error))
    } finally {
      this.#isSending = false
    }
  }

  #closeWhenAnswered(): void {
    if (this.#isOver || !this.#isRemoteEnded || this.#isAnswering) return
    if (!this.#reader.isIdle) {
      this.#refuse('malformed', 'The stream ended in the middle of a request.')
      return
    }
    this.#init.stream.close().catch((error: Error) => this.reset(error.message))
  }

  #refuse(outcome: Exclude<InboundOutcome, 'ok'>, reason: string, sizeBytes = 0): void {
    this.#init.refused(outcome, reason, sizeBytes)
    this.reset(reason)
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#queue.length = 0
    this.#init.hold(-this.#heldBytes)
    const { stream } = this.#init
    stream.removeEventListener('message', this.#onMessage)
    stream.removeEventListener('end', this.#onEnd)
    stream.removeEventListener('close', this.#onClose)
    this.#init.ended()
  }
}
