import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { RequestError } from '../network.ts'
import { FrameReader } from '../wire/framing.ts'

/**
 * Waits for one message on a stream. Resolves with its bytes, or with
 * undefined when the other side ended the stream without one; rejects when the
 * stream is reset or what arrives is no frame.
 */
export function readReply(stream: Stream): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const reader = new FrameReader()
    const finish = (settle: () => void) => {
      stream.removeEventListener('message', onMessage)
      stream.removeEventListener('end', onEnd)
      stream.removeEventListener('close', onClose)
      settle()
    }
    const onMessage = ({ data }: StreamMessageEvent) => {
      try {
        const [reply] = reader.push(data)
        if (reply !== undefined) finish(() => resolve(reply))
      } catch (cause) {
        const text = cause instanceof Error ? cause.message : String(cause)
        finish(() => reject(new RequestError('invalid', `The reply could not be read: ${text}`, { cause })))
      }
    }
    // Data may come in the same frame as the end and be handed over just after it.
    const onEnd = () => queueMicrotask(() => finish(() => resolve(undefined)))
    const onClose = ({ error }: StreamCloseEvent) => {
      if (error === undefined) return onEnd()
      const message = 'The peer reset the stream before it replied.'
      finish(() => reject(new RequestError('reset', message, { cause: error })))
    }
    stream.addEventListener('message', onMessage)
    stream.addEventListener('end', onEnd)
    stream.addEventListener('close', onClose)
  })
}
