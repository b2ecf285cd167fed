import type { UntimedDhtEvent } from '../../src/dht/events.ts'
import type { Peer } from '../../src/dht/peer.ts'
import { decodeMessage } from '../../src/dht/wire/codec.ts'
import { FrameReader } from '../../src/dht/wire/framing.ts'
import { MalformedMessageError } from '../../src/dht/wire/malformed-message-error.ts'
import { SeededRandom } from '../../src/sim/seeded-random.ts'
import { madeUpPeer, makeServer } from '../dht/rpc/server-world.ts'
import { recordedExchanges } from '../dht/wire/recorded-frames.ts'
import { Mutator } from './mutator.ts'

const SENDERS = 20
/** Every so many frames the clock moves on: what the stores hold expires, and token buckets fill. */
const FRAMES_PER_HOUR = 10_000

/** What became of the frames. `unframed`: refused by the reader, or not a whole frame. */
export type FuzzCounts = Record<'unframed' | 'ok' | 'rejected' | 'malformed', number>

/**
 * Throws frames at the border of a server: frame reader, codec and handlers,
 * which stand before stores that are real, in memory. Whatever is not refused
 * as it should be is thrown, with the seed and the frame.
 */
export class BorderFuzz {
  readonly seed: string
  readonly counts: FuzzCounts = { unframed: 0, ok: 0, rejected: 0, malformed: 0 }
  readonly #mutator: Mutator
  readonly #senders: Peer[]
  readonly #server: Awaited<ReturnType<typeof makeServer>>
  #frames = 0
  #published = 0

  private constructor(seed: string, server: Awaited<ReturnType<typeof makeServer>>, count: () => number) {
    const random = new SeededRandom(seed)
    this.seed = seed
    this.#server = server
    this.#mutator = new Mutator(random.fork('mutations'), corpus())
    this.#senders = Array.from({ length: SENDERS }, () => madeUpPeer(random))
    this.#takePublished = count
  }

  static async make(seed: string): Promise<BorderFuzz> {
    let published = 0
    const publish = (event: UntimedDhtEvent) => {
      if (event.type === 'rpc:inbound') published++
    }
    const server = await makeServer({ peers: 25, publish })
    server.events.length = 0
    return new BorderFuzz(seed, server, () => published)
  }

  readonly #takePublished: () => number

  async run(frames: number): Promise<void> {
    for (let i = 0; i < frames; i++) {
      const bytes = this.#mutator.next()
      try {
        await this.#throwAtServer(bytes)
      } catch (cause) {
        const hex = Buffer.from(bytes).toString('hex')
        throw new Error(`seed ${this.seed}, frame ${this.#frames}: ${hex}`, { cause })
      }
      if (++this.#frames % FRAMES_PER_HOUR === 0) await this.#passAnHour()
    }
  }

  async #throwAtServer(bytes: Uint8Array): Promise<void> {
    const messages = readFrames(bytes)
    if (messages.length === 0) this.counts.unframed++
    for (const message of messages) await this.#handle(message)
  }

  async #handle(message: Uint8Array): Promise<void> {
    const from = this.#senders[this.#frames % SENDERS] as Peer
    const { outcome, reason, replyBytes } = await this.#server.handlers.handle(from, message)
    if (outcome !== 'ok' && outcome !== 'rejected' && outcome !== 'malformed')
      throw new Error(`${outcome}: ${reason}`)
    if (outcome !== 'ok' && replyBytes !== undefined) throw new Error('A refusal was answered.')
    if (replyBytes !== undefined) decodeMessage(replyBytes)
    this.counts[outcome]++
    if (this.#takePublished() !== ++this.#published) throw new Error('The request was not published once.')
  }

  async #passAnHour(): Promise<void> {
    const { clock, events, providers, values } = this.#server
    await clock.advance(3_600_000)
    await values.deleteExpired(clock.now())
    await providers.deleteExpired(clock.now())
    // The stores publish here; nobody reads it.
    events.length = 0
  }
}

function readFrames(bytes: Uint8Array): Uint8Array[] {
  try {
    return new FrameReader(256 * 1024).push(bytes)
  } catch (error) {
    if (error instanceof MalformedMessageError) return []
    throw error
  }
}

/** The recorded requests and replies of all implementations. */
export function corpus(): Uint8Array[] {
  return ['go', 'js', 'rust', 'py'].flatMap((impl) =>
    recordedExchanges(impl).flatMap(({ request, response }) =>
      response === undefined ? [request] : [request, response],
    ),
  )
}
