import type { Connection, Stream } from '@libp2p/interface'
import { readReply } from '../../src/dht/rpc/reply-reader.ts'
import { encodeMessage } from '../../src/dht/wire/codec.ts'
import { frame } from '../../src/dht/wire/framing.ts'
import { MessageType } from '../../src/dht/wire/message.ts'

/** Requests in flight on the one connection. */
const IN_FLIGHT = 16
const MAX_STREAMS = 1_000

export type StreamUse = 'new' | 'reused'

/** A FIND_NODE request for a random key of 32 bytes behind a multihash prefix. */
function findNodeFrame(): Uint8Array {
  const key = new Uint8Array(34)
  key.set([0x12, 0x20])
  crypto.getRandomValues(key.subarray(2))
  return frame(encodeMessage({ type: MessageType.FIND_NODE, key, closerPeers: [], providerPeers: [] }))
}

/** Sends `count` requests, 16 at a time, each on a new stream or on 16 that stay; resolves when all are answered. */
export async function load(
  connection: Connection,
  protocol: string,
  streams: StreamUse,
  count: number,
): Promise<void> {
  let left = count
  const open = () => connection.newStream(protocol, { maxOutboundStreams: MAX_STREAMS })
  const worker = async () => {
    const kept = streams === 'reused' ? await open() : undefined
    while (left-- > 0) {
      const stream = kept ?? (await open())
      await ask(stream)
      if (kept === undefined) void stream.close()
    }
    await kept?.close()
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
}

async function ask(stream: Stream): Promise<void> {
  const reply = readReply(stream)
  stream.send(findNodeFrame())
  if ((await reply) === undefined) throw new Error('The server ended a stream without a reply.')
}
