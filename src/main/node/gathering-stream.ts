import {
  type AbortOptions,
  type MessageStream,
  type StreamCloseEvent,
  type StreamMessageEvent,
  StreamStateError,
} from '@libp2p/interface'
import { AbstractMessageStream, type SendResult } from '@libp2p/utils'
import type { Uint8ArrayList } from 'uint8arraylist'

/** Sent on at once when this much has gathered: one full noise message. */
const MAX_GATHERED_BYTES = 65_519

/**
 * Passes everything through, but gathers what is sent within one turn of the
 * event loop into one message. Between the encrypter and the muxer this makes
 * one noise message and one socket write of many yamux frames.
 */
export class GatheringStream extends AbstractMessageStream {
  readonly #inner: MessageStream
  #isScheduled = false

  constructor(inner: MessageStream) {
    super({
      log: inner.log,
      direction: inner.direction,
      inactivityTimeout: inner.inactivityTimeout,
      maxReadBufferLength: inner.maxReadBufferLength,
    })
    this.#inner = inner
    inner.addEventListener('message', (event: StreamMessageEvent) => this.onData(event.data))
    inner.addEventListener('drain', () => this.safeDispatchEvent('drain'))
    inner.addEventListener('remoteCloseWrite', () => this.onRemoteCloseWrite())
    inner.addEventListener('close', (event: StreamCloseEvent) => this.#onInnerClose(event))
  }

  override send(data: Uint8Array | Uint8ArrayList): boolean {
    if (this.writeStatus === 'closed' || this.writeStatus === 'closing') {
      throw new StreamStateError(`Cannot write to a stream that is ${this.writeStatus}`)
    }
    this.writeBuffer.append(data)
    if (this.writableNeedsDrain || this.writeBuffer.byteLength >= MAX_GATHERED_BYTES) {
      return this.processSendQueue()
    }
    this.#schedule()
    return true
  }

  override sendData(data: Uint8ArrayList): SendResult {
    return { sentBytes: data.byteLength, canSendMore: this.#inner.send(data) }
  }

  /** What has gathered goes out before the inner stream is closed, which waits for it. */
  override async close(options?: AbortOptions): Promise<void> {
    if (this.writeStatus === 'writable') this.writeStatus = 'closing'
    await this.flushed(options)
    await this.#inner.close(options)
  }

  /** Resolves when everything sent so far is with the transport, or cannot get there any more. */
  async flushed(options?: AbortOptions): Promise<void> {
    this.#flush()
    await emptied(this, options?.signal)
    await emptied(this.#inner, options?.signal)
  }

  override sendPause(): void {
    this.#inner.pause()
  }

  override sendResume(): void {
    this.#inner.resume()
  }

  override sendReset(error: Error): void {
    this.#inner.abort(error)
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    try {
      this.processSendQueue()
    } catch (error) {
      // `processSendQueue` has aborted this stream; whoever uses it hears of that by its close event.
      this.log.error('could not send what had gathered - %e', error)
    }
  }

  #onInnerClose({ error, local }: StreamCloseEvent): void {
    if (error === undefined) this.onTransportClosed()
    else if (local === true) this.abort(error)
    else this.onRemoteReset()
  }
}

/** Waits until a stream's write buffer is empty, the stream is gone, or the signal says that it is enough. */
function emptied(stream: MessageStream, signal: AbortSignal | undefined): Promise<void> {
  const isGone = stream.status !== 'open' && stream.status !== 'closing'
  if (stream.writeBufferLength === 0 || isGone || signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      stream.removeEventListener('idle', done)
      stream.removeEventListener('close', done)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    stream.addEventListener('idle', done)
    stream.addEventListener('close', done)
    signal?.addEventListener('abort', done)
  })
}
