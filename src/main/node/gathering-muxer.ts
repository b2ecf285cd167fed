import type { AbortOptions, MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { GatheringStream } from './gathering-stream.ts'

/**
 * Wraps a stream muxer so that its frames are encrypted and written once per
 * turn of the event loop (targets.md P1: a third of a request's cost was in
 * small writes). Closing the muxer sends what has gathered first, because
 * libp2p closes the socket right after it.
 */
export function gathering<Components>(
  make: (components: Components) => StreamMuxerFactory,
): (components: Components) => StreamMuxerFactory {
  return (components) => new GatheringMuxerFactory(make(components))
}

class GatheringMuxerFactory implements StreamMuxerFactory {
  readonly protocol: string
  readonly #inner: StreamMuxerFactory

  constructor(inner: StreamMuxerFactory) {
    this.#inner = inner
    this.protocol = inner.protocol
  }

  createStreamMuxer(connection: MessageStream): StreamMuxer {
    const stream = new GatheringStream(connection)
    const muxer = this.#inner.createStreamMuxer(stream)
    const close = muxer.close.bind(muxer)
    muxer.close = async (options?: AbortOptions) => {
      await close(options)
      await stream.flushed(options)
    }
    return muxer
  }
}
