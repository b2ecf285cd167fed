import type { Stream } from '@libp2p/interface'
import { expect, test } from 'vitest'
import { DHTMode, type KadDHTOptions } from '../../../src/dht/index.ts'
import { MemoryProviderStorage } from '../../../src/dht/stores/memory-provider-storage.ts'
import { MemoryValueStorage } from '../../../src/dht/stores/memory-value-storage.ts'
import { encodeMessage } from '../../../src/dht/wire/codec.ts'
import { frame } from '../../../src/dht/wire/framing.ts'
import { SeededRandom } from '../../../src/sim/seeded-random.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'
import { type LoopbackNode, makeHost, nextEvent, Swarm } from '../loopback.ts'
import { closed, nextMessage, PROTOCOL, sendMessage } from './raw-streams.ts'
import { message, text } from './server-world.ts'

const ping = message('PING')
const getValue = message('GET_VALUE', { key: text('/n/key') })

/** A server under a virtual clock, and a bare host that opens streams to it. */
async function setUp(options: KadDHTOptions = {}) {
  const clock = new VirtualClock()
  const swarm = new Swarm({ clock, ...options })
  const server = await swarm.add(DHTMode.SERVER)
  const client = await makeHost({ isListening: false })
  return {
    clock,
    server,
    open: (): Promise<Stream> => client.dialProtocol(server.address, PROTOCOL, { maxOutboundStreams: 100 }),
    async [Symbol.asyncDispose]() {
      await client.stop()
      await swarm[Symbol.asyncDispose]()
    },
  }
}

const streamsOf = async ({ dht }: LoopbackNode) => (await dht.getDiagnostics()).inboundStreams

test.each([
  ['§8.1 a length of more than 4 bytes', Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x01), 'malformed'],
  ['§8.1 a length that is not in its shortest form', Uint8Array.of(0x85, 0x00), 'malformed'],
  ['§8.2 a length over 4 MiB', Uint8Array.of(0x81, 0x80, 0x80, 0x02), 'malformed'],
  ['§8.8 an empty frame', Uint8Array.of(0), 'malformed'],
  ['§8.7 bytes that are no message', frame(Uint8Array.of(0xff, 0xff, 0xff)), 'malformed'],
  ['§8.10 a record under another key', frame(encodeMessage(message('PUT_VALUE', otherKey()))), 'rejected'],
] as const)('%s resets the stream, and is published', async (_, bytes, outcome) => {
  await using world = await setUp()
  const refused = nextEvent(world.server, 'rpc:inbound')
  const stream = await world.open()
  stream.send(bytes)
  expect(await closed(stream)).toBeInstanceOf(Error)
  expect((await refused).outcome).toBe(outcome)
})

function otherKey() {
  return { key: text('/n/a'), record: { key: text('/n/b'), value: text('v'), timeReceived: '' } }
}

test('§8.3 a request that drips has 10 seconds from its first byte, however it goes on', async () => {
  await using world = await setUp()
  const refused = nextEvent(world.server, 'rpc:inbound')
  const stream = await world.open()
  const over = closed(stream)
  await waitForStreams(world.server, 1)
  stream.send(Uint8Array.of(0x80, 0x80, 0x08)) // 128 KiB are to come.
  while (stream.status === 'open') {
    stream.send(Uint8Array.of(1))
    await world.clock.advance(1_000)
  }
  expect(await over).toBeInstanceOf(Error)
  expect(await refused).toMatchObject({
    outcome: 'aborted',
    reason: 'The request did not arrive completely in time.',
  })
})

test('a stream without a request is reset after a minute; one in use is not', async () => {
  await using world = await setUp()
  const [used, idle] = await Promise.all([world.open(), world.open()])
  const over = closed(idle)
  await waitForStreams(world.server, 2)
  await world.clock.advance(40_000)
  sendMessage(used, ping)
  await nextMessage(used)
  await world.clock.advance(25_000)
  expect(await over).toBeInstanceOf(Error)
  expect(used.status).toBe('open')
})

/** Negotiation is over on our side a little before the server has the stream. */
async function waitForStreams(server: LoopbackNode, count: number): Promise<void> {
  while ((await streamsOf(server)) < count) await new Promise((resolve) => setImmediate(resolve))
}

test('§8.4 a connection has at most 32 streams; one that ends makes room', async () => {
  await using world = await setUp()
  const streams: Stream[] = []
  for (let i = 0; i < 32; i++) streams.push(await world.open())
  await waitForStreams(world.server, 32)
  const refused = nextEvent(world.server, 'limit:hit')
  expect(await closed(await world.open())).toBeInstanceOf(Error)
  expect((await refused).limit).toBe('streams per connection')
  await streams[0]?.close()
  while ((await streamsOf(world.server)) === 32) await new Promise((resolve) => setImmediate(resolve))
  const next = await world.open()
  sendMessage(next, ping)
  expect((await nextMessage(next)).type).toBe(ping.type)
})

test('§8.4 requests beyond those answered and waiting are refused, over all streams', async () => {
  const storage = Promise.withResolvers<undefined>()
  await using world = await setUp({
    limits: { inbound: { maxConcurrentRequests: 1, maxWaitingRequests: 1 } },
    stores: (options) => ({
      values: Object.assign(new MemoryValueStorage(options), { get: () => storage.promise }),
      providers: new MemoryProviderStorage(options),
    }),
  })
  const answers: Promise<unknown>[] = []
  for (let i = 0; i < 2; i++) {
    const stream = await world.open()
    answers.push(nextMessage(stream))
    sendMessage(stream, getValue)
    await waitForStreams(world.server, i + 1)
  }
  const third = await world.open()
  const refused = nextEvent(world.server, 'rpc:inbound', ({ outcome }) => outcome === 'limited')
  sendMessage(third, getValue)
  expect(await closed(third)).toBeInstanceOf(Error)
  expect((await refused).reason).toBe('Too many requests are waiting.')
  storage.resolve(undefined)
  expect(await Promise.all(answers)).toHaveLength(2)
})

test('§8.5 a peer over its rate is reset before its request is looked at', async () => {
  await using world = await setUp({ limits: { rates: { PING: { perSecond: 1, burst: 2 } } } })
  const stream = await world.open()
  for (let i = 0; i < 2; i++) {
    sendMessage(stream, ping)
    await nextMessage(stream)
  }
  const refused = nextEvent(world.server, 'rpc:inbound')
  sendMessage(stream, ping)
  expect(await closed(stream)).toBeInstanceOf(Error)
  expect((await refused).outcome).toBe('limited')
})

test('requests are answered in order, also after the other side closed its half', async () => {
  await using world = await setUp()
  const stream = await world.open()
  const answers = collect(stream)
  sendMessage(stream, ping)
  sendMessage(stream, getValue)
  sendMessage(stream, message('FIND_NODE', { key: text('key') }))
  await stream.close()
  expect(await closed(stream)).toBeUndefined()
  expect(answers.map((bytes) => bytes[2])).toEqual([ping.type, getValue.type, 4])
})

/** Every chunk that arrives; each reply is one. */
function collect(stream: Stream): Uint8Array[] {
  const chunks: Uint8Array[] = []
  stream.addEventListener('message', ({ data }) => chunks.push(data.subarray()))
  return chunks
}

test('a stream that ends in the middle of a request is reset', async () => {
  await using world = await setUp()
  const refused = nextEvent(world.server, 'rpc:inbound')
  const stream = await world.open()
  stream.send(Uint8Array.of(40, 8))
  await stream.close()
  await closed(stream)
  expect(await refused).toMatchObject({
    outcome: 'malformed',
    reason: 'The stream ended in the middle of a request.',
  })
})

test('§8.7 requests of bytes at random cost their stream and nothing more', async () => {
  await using world = await setUp()
  const random = new SeededRandom('inbound')
  for (let length = 1; length < 30; length += 4) {
    const stream = await world.open()
    stream.send(frame(random.bytes(length)))
    await stream.close()
    await closed(stream)
  }
  const stream = await world.open()
  sendMessage(stream, ping)
  expect((await nextMessage(stream)).type).toBe(ping.type)
})
