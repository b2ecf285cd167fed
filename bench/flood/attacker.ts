import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { encodeMessage } from '../../src/dht/wire/codec.ts'
import { frame } from '../../src/dht/wire/framing.ts'
import { MessageType } from '../../src/dht/wire/message.ts'
import { libp2pOptions } from '../../src/main/node/libp2p-options.ts'
import { madeUpPeer, RequestMill } from './request-mill.ts'

/** Streams that send, beside the idle ones: together fewer than the 32 a connection may have. */
const SENDING_STREAMS = 8
/** Messages in one piece. */
const BATCH = 8
/** Made-up peers in each answer to the server's questions, and in every so-manieth put. */
const MADE_UP_PEERS = 3_000
const PEERS_IN_PUT = 1_000
const PUTS_PER_CROWDED_ONE = 200
const DIAL_ATTEMPTS = 10

/** What one attacker did. */
export interface AttackFigures {
  sent: number
  streamsOpened: number
  /** Streams that ended before we ended them. */
  streamsLost: number
  /** Questions of the server that were answered with made-up peers. */
  liesTold: number
}

/** One identity on one connection, that writes as fast as it is let. */
export class Attacker {
  readonly figures: AttackFigures = { sent: 0, streamsOpened: 0, streamsLost: 0, liesTold: 0 }
  readonly #node: Libp2p
  readonly #connection: Connection
  readonly #protocol: string
  #isOver = false

  private constructor(node: Libp2p, connection: Connection, protocol: string) {
    this.#node = node
    this.#connection = connection
    this.#protocol = protocol
  }

  /** Connects, and opens `idleStreams` on which nothing is ever sent. */
  static async connect(server: Multiaddr, protocol: string, idleStreams: number): Promise<Attacker> {
    const privateKey = await generateKeyPair('Ed25519')
    const node = await createLibp2p(
      libp2pOptions({ privateKey, listen: ['/ip4/127.0.0.1/tcp/0'], pingIntervalMs: 0 }),
    )
    const connection = await dialled(node, server)
    const attacker = new Attacker(node, connection, protocol)
    await node.handle(protocol, (stream) => attacker.#lie(stream), { maxInboundStreams: 1_000 })
    await Promise.all(Array.from({ length: idleStreams }, () => attacker.#open()))
    return attacker
  }

  /** Floods until `stop`. */
  run(): void {
    const id = this.#node.peerId.toMultihash().bytes
    const addrs = [new Uint8Array(multiaddr('/ip4/127.0.0.1/tcp/4001').bytes)]
    const announcements = RequestMill.addingProviders({ id, addrs, connection: 1 })
    const puts = RequestMill.puttingValues()
    const crowdedPuts = RequestMill.puttingValues(Array.from({ length: PEERS_IN_PUT }, madeUpPeer))
    let batches = 0
    const nextPuts = () => (++batches % PUTS_PER_CROWDED_ONE === 0 ? crowdedPuts.make(1) : puts.make(BATCH))
    for (let i = 0; i < SENDING_STREAMS; i++) {
      void this.#flood(i % 2 === 0 ? () => announcements.make(BATCH) : nextPuts)
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await this.#node.stop()
  }

  async #flood(nextBatch: () => Uint8Array): Promise<void> {
    while (!this.#isOver && this.#connection.status === 'open') {
      try {
        await this.#sendOnOneStream(nextBatch)
      } catch {
        this.figures.streamsLost++
      }
    }
  }

  /** Sends until the stream is over; who cannot send any more has been refused. */
  async #sendOnOneStream(nextBatch: () => Uint8Array): Promise<void> {
    const stream = await this.#open()
    stream.addEventListener('message', () => {})
    while (!this.#isOver) {
      const hasRoom = stream.send(nextBatch())
      this.figures.sent += BATCH
      await (hasRoom ? new Promise(setImmediate) : stream.onDrain())
    }
  }

  async #open(): Promise<Stream> {
    const stream = await this.#connection.newStream(this.#protocol, { maxOutboundStreams: 100 })
    this.figures.streamsOpened++
    return stream
  }

  /** Any question is answered with peers that do not exist. */
  #lie(stream: Stream): void {
    stream.addEventListener('message', () => {
      this.figures.liesTold++
      stream.send(lie())
    })
  }
}

/** On a busy machine a handshake may be out of time; then it is tried again. */
async function dialled(node: Libp2p, server: Multiaddr): Promise<Connection> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await node.dial(server)
    } catch (error) {
      if (attempt === DIAL_ATTEMPTS) throw error
    }
  }
}

/** Fresh ones each time, so that none is known already. */
function lie(): Uint8Array {
  const closerPeers = Array.from({ length: MADE_UP_PEERS }, madeUpPeer)
  return frame(encodeMessage({ type: MessageType.FIND_NODE, closerPeers, providerPeers: [] }))
}
