import { encodeMessage, encodePeer, encodeRecord } from '../../src/dht/wire/codec.ts'
import { frame, writeUvarint } from '../../src/dht/wire/framing.ts'
import { MessageType, type RpcMessage, type WirePeer } from '../../src/dht/wire/message.ts'
import type { SeededRandom } from '../../src/sim/seeded-random.ts'

/** Numbers at which lengths and types change their meaning. */
const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x3fff, 0x4000, 0x1f_ffff, 0x20_0000, 0x40_0000, 0x7fff_ffff]
/** Field keys of the messages, and one each of every other wire type, known and unknown. */
const TAGS = [
  0x08, 0x0a, 0x10, 0x12, 0x18, 0x1a, 0x20, 0x22, 0x2a, 0x42, 0x4a, 0x50, 0x5a, 0x63, 0x64, 0x0d, 0x09, 0x07,
]
const MAX_FRAME_BYTES = 8_192

type Mutation = (random: SeededRandom, bytes: Uint8Array) => Uint8Array

/** Frames (with their length before them), most of them broken in one way or several; the same seed gives the same. */
export class Mutator {
  readonly #random: SeededRandom
  readonly #corpus: readonly Uint8Array[]

  /** @param corpus - honest messages without length, of which many are made. */
  constructor(random: SeededRandom, corpus: readonly Uint8Array[]) {
    this.#random = random
    this.#corpus = corpus
  }

  /** The bytes of one stream's beginning: usually one frame. */
  next(): Uint8Array {
    const random = this.#random
    const message = this.#message()
    const framed = random.chance(0.97) ? frame(message.length === 0 ? Uint8Array.of(8) : message) : message
    return random.chance(0.03) ? this.#mutated(framed) : framed
  }

  #message(): Uint8Array {
    const random = this.#random
    const kind = random.integer(10)
    if (kind === 0) return random.bytes(random.integer(200))
    if (kind <= 2) return this.#mutated(structured(random))
    if (kind <= 5) return structured(random)
    return this.#mutated(random.pick(this.#corpus))
  }

  #mutated(bytes: Uint8Array): Uint8Array {
    let mutant: Uint8Array = new Uint8Array(bytes)
    for (let i = 1 + this.#random.integer(3); i > 0; i--) mutant = this.#mutation()(this.#random, mutant)
    return mutant.subarray(0, MAX_FRAME_BYTES)
  }

  #mutation(): Mutation {
    return this.#random.chance(0.1) ? this.#splice : this.#random.pick(MUTATIONS)
  }

  /** The beginning of one message and the end of another. */
  readonly #splice: Mutation = (random, bytes) => {
    const other = random.pick(this.#corpus)
    return joined(
      bytes.subarray(0, random.integer(bytes.length + 1)),
      other.subarray(random.integer(other.length + 1)),
    )
  }
}

const MUTATIONS: Mutation[] = [
  function flipBit(random, bytes) {
    const at = random.integer(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8))
    return bytes
  },
  function replaceByte(random, bytes) {
    bytes[random.integer(bytes.length)] = random.integer(256)
    return bytes
  },
  function replaceByTag(random, bytes) {
    bytes[random.integer(bytes.length)] = random.pick(TAGS)
    return bytes
  },
  function cut(random, bytes) {
    return bytes.subarray(0, random.integer(bytes.length + 1))
  },
  function remove(random, bytes) {
    const at = random.integer(bytes.length + 1)
    return joined(bytes.subarray(0, at), bytes.subarray(at + random.integer(16)))
  },
  function repeat(random, bytes) {
    const at = random.integer(bytes.length + 1)
    const part = bytes.subarray(at, at + random.integer(64))
    return joined(bytes, ...Array.from({ length: random.integer(8) }, () => part))
  },
  function insertNumber(random, bytes) {
    const at = random.integer(bytes.length + 1)
    return joined(bytes.subarray(0, at), varint(random.pick(EDGES)), bytes.subarray(at))
  },
  function overwriteByNumber(random, bytes) {
    const number = varint(random.pick(EDGES))
    const at = random.integer(bytes.length + 1)
    return joined(bytes.subarray(0, at), number, bytes.subarray(at + number.length))
  },
  function insertField(random, bytes) {
    const value = random.bytes(random.integer(40))
    const at = random.integer(bytes.length + 1)
    return joined(
      bytes.subarray(0, at),
      Uint8Array.of(random.pick(TAGS)),
      varint(value.length),
      value,
      bytes.subarray(at),
    )
  },
]

/** A message that is well formed, of fields as nobody honest would combine them. */
function structured(random: SeededRandom): Uint8Array {
  const key = random.pick([random.bytes(random.integer(140)), namespaced(random), multihash(random)])
  const message: RpcMessage = {
    type: random.pick(Object.values(MessageType)),
    closerPeers: peers(random),
    providerPeers: peers(random),
    ...(random.chance(0.9) && { key }),
    ...(random.chance(0.4) && { record: record(random, key) }),
    ...(random.chance(0.1) && { senderRecord: random.bytes(random.integer(200)) }),
  }
  return encodeMessage(message)
}

function record(random: SeededRandom, key: Uint8Array): NonNullable<RpcMessage['record']> {
  return {
    key: random.chance(0.8) ? key : random.bytes(random.integer(40)),
    value: random.chance(0.1)
      ? encodeRecord({ key, value: key, timeReceived: '' })
      : random.bytes(random.integer(80)),
    timeReceived: random.chance(0.5) ? '2026-01-01T00:00:00Z' : String.fromCodePoint(random.integer(0xd800)),
    ...(random.chance(0.2) && { ttlSeconds: random.uint32() }),
  }
}

function namespaced(random: SeededRandom): Uint8Array {
  const name = random.pick(['/pk/', '/ipns/', '/n/', '/', '//', '/\u{1f600}/'])
  return joined(new TextEncoder().encode(name), random.chance(0.5) ? multihash(random) : random.bytes(8))
}

function multihash(random: SeededRandom): Uint8Array {
  return joined(Uint8Array.of(0x12, 0x20), random.bytes(32))
}

function peers(random: SeededRandom): WirePeer[] {
  return Array.from({ length: random.integer(4) }, () => peer(random))
}

function peer(random: SeededRandom): WirePeer {
  const id = random.chance(0.8) ? multihash(random) : random.bytes(random.integer(50))
  const nested = random.chance(0.05) ? [encodePeer({ id, addrs: [], connection: 1 })] : []
  const addrs = Array.from({ length: random.integer(4) }, () => address(random))
  return { id, addrs: [...addrs, ...nested], connection: random.pick(EDGES) }
}

function address(random: SeededRandom): Uint8Array {
  return random.chance(0.7)
    ? joined(Uint8Array.of(0x04), random.bytes(4), Uint8Array.of(0x06), random.bytes(2))
    : random.bytes(random.integer(30))
}

function varint(value: number): Uint8Array {
  const bytes = new Uint8Array(5)
  return bytes.subarray(0, writeUvarint(value, bytes, 0))
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
