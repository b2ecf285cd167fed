import { multiaddr } from '@multiformats/multiaddr'
import { decodeMessage, encodeMessage, type RpcMessage } from '../../../src/dht/index.ts'
import { FrameReader, frame } from '../../../src/dht/wire/framing.ts'
import type { OurNode } from './mixed-network.ts'
import { PROTOCOL } from './protocol.ts'

const MAX_REPLY_BYTES = 1 << 22

/** Sends requests one after the other on one stream, as go-libp2p does; resolves with the first reply. */
export async function firstReply(
  { libp2p }: OurNode,
  address: string,
  requests: readonly RpcMessage[],
): Promise<RpcMessage> {
  const stream = await libp2p.dialProtocol(multiaddr(address), PROTOCOL)
  const reader = new FrameReader(MAX_REPLY_BYTES)
  const reply = new Promise<Uint8Array>((resolve, reject) => {
    stream.addEventListener('message', ({ data }) => reader.push(data).forEach(resolve))
    stream.addEventListener('close', ({ error }) => reject(error ?? new Error('The stream ended.')))
  })
  for (const request of requests) stream.send(frame(encodeMessage(request)))
  const { message } = decodeMessage(await reply)
  await stream.close()
  return message
}
