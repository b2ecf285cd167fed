import type { Stream } from '@libp2p/interface'
import { readReply } from '../../../src/dht/rpc/reply-reader.ts'
import { decodeMessage, encodeMessage } from '../../../src/dht/wire/codec.ts'
import { frame } from '../../../src/dht/wire/framing.ts'
import type { RpcMessage } from '../../../src/dht/wire/message.ts'

export const PROTOCOL = '/ipfs/kad/1.0.0'

/** Resolves when the stream is over: with the error when it was reset, else with undefined. */
export function closed(stream: Stream): Promise<Error | undefined> {
  return new Promise((resolve) => {
    if (stream.status === 'reset' || stream.status === 'aborted') resolve(new Error(stream.status))
    else if (stream.status === 'closed') resolve(undefined)
    else stream.addEventListener('close', ({ error }) => resolve(error), { once: true })
  })
}

/** Resolves when the first bytes arrive. */
export function firstBytes(stream: Stream): Promise<void> {
  return new Promise((resolve) => {
    stream.addEventListener('message', () => resolve(), { once: true })
  })
}

export function sendMessage(stream: Stream, message: RpcMessage): void {
  stream.send(frame(encodeMessage(message)))
}

/** The next message on a stream; fails the test when the stream ends before. */
export async function nextMessage(stream: Stream): Promise<RpcMessage> {
  const bytes = await readReply(stream)
  if (bytes === undefined) throw new Error('The stream ended without a message.')
  return decodeMessage(new Uint8Array(bytes)).message
}
