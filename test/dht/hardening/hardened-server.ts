import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey, Stream } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { DHTMode, type KadDHTOptions, NamespacedValidator } from '../../../src/dht/index.ts'
import { type Peer, peerFromId } from '../../../src/dht/peer.ts'
import { readReply } from '../../../src/dht/rpc/reply-reader.ts'
import { decodeMessage } from '../../../src/dht/wire/codec.ts'
import type { RpcMessage } from '../../../src/dht/wire/message.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'
import { type LoopbackHost, type LoopbackNode, makeHost, Swarm } from '../loopback.ts'
import { closed, PROTOCOL, sendMessage } from '../rpc/raw-streams.ts'
import { address, largestByte } from '../rpc/server-world.ts'

/** A node that asks by hand, on streams it may misuse. */
export interface RawClient {
  host: LoopbackHost
  /** What it says of itself in ADD_PROVIDER. */
  self: Peer
  open(): Promise<Stream>
  /** The reply to one request on a stream of its own; `'reset'` when the server reset it. */
  ask(request: RpcMessage): Promise<RpcMessage | 'reset'>
  /** The same for a request that has no reply: undefined when the server took it. */
  tell(request: RpcMessage): Promise<'reset' | undefined>
}

/** A real server on loopback under a virtual clock, with the namespace `n` of `server-world`, and clients beside it. */
export class HardenedServer implements AsyncDisposable {
  readonly clock: VirtualClock
  readonly node: LoopbackNode
  readonly #swarm: Swarm
  readonly #clients: LoopbackHost[] = []

  private constructor(clock: VirtualClock, swarm: Swarm, node: LoopbackNode) {
    this.clock = clock
    this.#swarm = swarm
    this.node = node
  }

  static async start(options: KadDHTOptions = {}): Promise<HardenedServer> {
    const clock = new VirtualClock()
    const swarm = new Swarm({ clock, validator: new NamespacedValidator({ n: largestByte }), ...options })
    return new HardenedServer(clock, swarm, await swarm.add(DHTMode.SERVER))
  }

  async client(privateKey?: PrivateKey): Promise<RawClient> {
    const key = privateKey ?? (await generateKeyPair('Ed25519'))
    const host = await makeHost({ isListening: false, privateKey: key })
    this.#clients.push(host)
    const open = () => host.dialProtocol(this.node.address, PROTOCOL, { maxOutboundStreams: 100 })
    const self = peerFromId(peerIdFromPrivateKey(key), [address('/ip4/1.1.1.1/tcp/4001')])
    const ask = async (request: RpcMessage) => {
      const stream = await open()
      const reply = readReply(stream)
      sendMessage(stream, request)
      const bytes = await reply.catch(() => 'reset' as const)
      if (bytes === undefined) throw new Error('The server ended the stream without a reply.')
      return bytes === 'reset' ? bytes : decodeMessage(new Uint8Array(bytes)).message
    }
    const tell = async (request: RpcMessage) => {
      const stream = await open()
      sendMessage(stream, request)
      await stream.close()
      return (await closed(stream)) === undefined ? undefined : 'reset'
    }
    return { host, self, open, ask, tell }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((host) => host.stop()))
    await this.#swarm[Symbol.asyncDispose]()
  }
}
