import { createServer, type Socket } from 'node:net'
import type { Stream, StreamHandler } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acceptAllAddresses } from '../../../src/dht/address-filter.ts'
import { RequestError, type RequestFailure, type RequestOptions } from '../../../src/dht/network.ts'
import { type Peer, peerFromId, peerFromInfo } from '../../../src/dht/peer.ts'
import { Libp2pNetwork } from '../../../src/dht/rpc/libp2p-network.ts'
import { encodeMessage } from '../../../src/dht/wire/codec.ts'
import { frame } from '../../../src/dht/wire/framing.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'
import { type LoopbackHost, makeHost } from '../loopback.ts'
import { closed, firstBytes, nextMessage, PROTOCOL, sendMessage } from './raw-streams.ts'
import { message, text } from './server-world.ts'

const ping = message('PING')
const announcement = message('ADD_PROVIDER', { key: text('key') })

let server: LoopbackHost
let client: LoopbackHost
let clock: VirtualClock
let network: Libp2pNetwork

beforeEach(async () => {
  clock = new VirtualClock()
  ;[server, client] = await Promise.all([makeHost(), makeHost({ isListening: false })])
  network = new Libp2pNetwork({ host: client, protocol: PROTOCOL, addressFilter: acceptAllAddresses, clock })
  await network.start()
})

afterEach(async () => {
  network.stop()
  await Promise.all([server.stop(), client.stop()])
})

const serverPeer = () => peerFromInfo({ id: server.peerId, multiaddrs: server.getMultiaddrs() })

/** Serves requests with `handler`; resolves to the streams it gets. */
async function serve(handler: StreamHandler): Promise<void> {
  await server.handle(PROTOCOL, handler)
}

async function answer(stream: Stream): Promise<void> {
  sendMessage(stream, await nextMessage(stream))
  await stream.close()
}

/** The first stream the server gets; it stays silent. */
function silentServer(): Promise<Stream> {
  return new Promise((resolve) => {
    void serve((stream) => resolve(stream))
  })
}

async function failureOf(request: Promise<unknown>): Promise<RequestError> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof RequestError) return error
  throw new Error(`expected a RequestError, got ${String(error)}`)
}

async function expectFailure(
  failure: RequestFailure,
  options: RequestOptions & { peer?: Peer; request?: typeof ping } = {},
): Promise<RequestError> {
  const { peer = serverPeer(), request = ping, ...rest } = options
  const error = await failureOf(network.request(peer, request, rest))
  expect(error.failure).toBe(failure)
  return error
}

test('a request dials once, and tells the reply, its bytes, the address and where the time went', async () => {
  await serve(answer)
  const first = await network.request(serverPeer(), ping)
  expect(first.reply?.type).toBe(ping.type)
  expect(first.requestBytes).toEqual(encodeMessage(ping))
  expect(first.replyBytes).toEqual(encodeMessage(ping))
  expect(server.getMultiaddrs().map(String)).toContain(`${first.address}/p2p/${server.peerId}`)
  expect(Object.keys(first.timing)).toEqual(['dialMs', 'negotiateMs', 'waitMs', 'decodeMs'])
  await network.request(serverPeer(), ping)
  expect(client.getConnections()).toHaveLength(1)
})

test('time is told by phase: dialling, negotiating, waiting', async () => {
  await serve(async (stream) => {
    const request = await nextMessage(stream)
    await clock.advance(30)
    sendMessage(stream, request)
    await stream.close()
  })
  const { timing } = await network.request(serverPeer(), ping)
  expect(timing).toEqual({ dialMs: 0, negotiateMs: 0, waitMs: 30, decodeMs: 0 })
})

test('a request without addresses uses those libp2p knows, and fails when there are none', async () => {
  await serve(answer)
  const bare = peerFromId(server.peerId)
  await expectFailure('no-address', { peer: bare })
  await client.peerStore.merge(server.peerId, { multiaddrs: server.getMultiaddrs() })
  expect((await network.request(bare, ping)).reply).toBeDefined()
})

test('a peer that does not speak the protocol is told from one that fails', async () => {
  await expectFailure('unsupported')
})

test('a closed port is a failed dial', async () => {
  const nobody = multiaddr('/ip4/127.0.0.1/tcp/1')
  await expectFailure('dial', { peer: peerFromInfo({ id: server.peerId, multiaddrs: [nobody] }) })
})

test('a stream that is reset or closed without a reply is a failure', async () => {
  await serve(async (stream) => {
    await nextMessage(stream)
    stream.abort(new Error('no'))
  })
  await expectFailure('reset')
  await server.unhandle(PROTOCOL)
  await serve(async (stream) => {
    await nextMessage(stream)
    await stream.close()
  })
  await expectFailure('reset')
})

test.each([
  ['of another type', frame(encodeMessage(message('FIND_NODE')))],
  ['that is no message', frame(Uint8Array.of(0xff, 0xff, 0xff))],
  ['that says it is larger than 4 MiB', Uint8Array.of(0x81, 0x80, 0x80, 0x02)],
  ['whose length does not end', Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80)],
])('a reply %s is invalid', async (_, bytes) => {
  await serve(async (stream) => {
    await nextMessage(stream)
    stream.send(bytes)
  })
  await expectFailure('invalid')
})

test('a silent peer fails by the timeout, and its stream is reset', async () => {
  const stream = silentServer()
  const failed = expectFailure('timeout', { timeoutMs: 200 })
  await firstBytes(await stream)
  await clock.advance(200)
  const error = await failed
  expect(error.timing.waitMs).toBe(200)
  expect(await closed(await stream)).toBeInstanceOf(Error)
})

test('cancelling ends the stream at once', async () => {
  const controller = new AbortController()
  const stream = silentServer()
  const failed = expectFailure('cancelled', { signal: controller.signal })
  await firstBytes(await stream)
  controller.abort()
  await failed
  expect(await closed(await stream)).toBeInstanceOf(Error)
  expect(clock.pendingTimers).toBe(0)
})

test('a request cancelled before it begins sends nothing', async () => {
  await expectFailure('cancelled', { signal: AbortSignal.abort() })
  expect(client.getConnections()).toHaveLength(0)
})

test.each([
  ['cancelled', 'cancelled' as const],
  ['out of time', 'dial' as const],
])('a dial that nobody answers ends when it is %s', async (_, failure) => {
  const sockets: Socket[] = []
  const connected = Promise.withResolvers<void>()
  const mute = createServer((socket) => {
    sockets.push(socket)
    connected.resolve()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => mute.once('listening', resolve))
  const { port } = mute.address() as { port: number }
  const peer = peerFromInfo({ id: server.peerId, multiaddrs: [multiaddr(`/ip4/127.0.0.1/tcp/${port}`)] })
  const controller = new AbortController()
  const failed = expectFailure(failure, { peer, signal: controller.signal, dialTimeoutMs: 300 })
  await connected.promise
  if (failure === 'cancelled') controller.abort()
  else await clock.advance(300)
  await failed
  for (const socket of sockets) socket.destroy()
  mute.close()
})

test('an announcement nobody answers is delivered when the peer ends the stream', async () => {
  await serve(async (stream) => {
    await nextMessage(stream)
    await stream.close()
  })
  const exchange = await network.request(serverPeer(), announcement, { reply: 'optional' })
  expect(exchange.reply).toBeUndefined()
})

test('an announcement is half-closed after it, and its acknowledgement is read', async () => {
  const ended = Promise.withResolvers<void>()
  await serve(async (stream) => {
    stream.addEventListener('end', () => ended.resolve())
    const request = await nextMessage(stream)
    await ended.promise
    sendMessage(stream, request)
    await stream.close()
  })
  const exchange = await network.request(serverPeer(), announcement, { reply: 'optional' })
  expect(exchange.reply?.key).toEqual(announcement.key)
})

test('an announcement waits 2 seconds at most', async () => {
  const stream = silentServer()
  const request = network.request(serverPeer(), announcement, { reply: 'optional' })
  await firstBytes(await stream)
  await clock.advance(2_000)
  expect((await request).reply).toBeUndefined()
})

test('an announcement whose stream is reset has failed', async () => {
  await serve(async (stream) => {
    await nextMessage(stream)
    stream.abort(new Error('no'))
  })
  await expectFailure('reset', { request: announcement, reply: 'optional' })
})

test('a stream the other side keeps open is reset after 10 seconds, or when the network stops', async () => {
  const streams: Stream[] = []
  await serve(async (stream) => {
    streams.push(stream)
    sendMessage(stream, await nextMessage(stream))
  })
  await network.request(serverPeer(), ping)
  await clock.advance(20_000)
  expect(await closed(streams[0] as Stream)).toBeInstanceOf(Error)
  await network.request(serverPeer(), ping)
  network.stop()
  expect(await closed(streams[1] as Stream)).toBeInstanceOf(Error)
  expect(clock.pendingTimers).toBe(0)
})

test('a connection that died is dialled anew', async () => {
  await serve(answer)
  await network.request(serverPeer(), ping)
  await Promise.all(client.getConnections().map((connection) => connection.close()))
  expect((await network.request(serverPeer(), ping)).reply).toBeDefined()
})

test('a connected peer is a server while identify says so', async () => {
  await serve(answer)
  const known = new Promise<Peer>((resolve) => {
    network.stop()
    void network.start({ onServer: resolve, onNotServer: () => {} })
  })
  await client.dial(server.getMultiaddrs())
  expect((await known).id).toBe(server.peerId.toString())
  expect(network.connectedServers().map(({ id }) => id)).toEqual([server.peerId.toString()])
  await client.hangUp(server.peerId)
  expect(network.connectedServers()).toEqual([])
})
