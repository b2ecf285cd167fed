// What a real server does with requests that break a rule (docs/protocol.md §8). Items that one request alone shows
// are here; others stand where their part is tested. Searching for `§8.N` finds all tests of item N.
import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect, test } from 'vitest'
import { ipnsKey, makeIpnsRecord } from '../../../src/dht/records/ipns.ts'
import { frame } from '../../../src/dht/wire/framing.ts'
import type { RpcMessage } from '../../../src/dht/wire/message.ts'
import { SeededRandom } from '../../../src/sim/seeded-random.ts'
import { closed, nextMessage, sendMessage } from '../rpc/raw-streams.ts'
import { address, madeUpPeer, message, publicKeyRecord, put, text, wirePeer } from '../rpc/server-world.ts'
import { HardenedServer } from './hardened-server.ts'

const key = text('/n/key')
const content = text('content')

test('§8.4 what waits to be answered is bounded by connection: who sends on without reading is reset', async () => {
  await using server = await HardenedServer.start({
    limits: { inbound: { maxBufferedBytesPerConnection: 4_096, maxConcurrentRequests: 1 } },
  })
  const client = await server.client()
  const [loud, quiet] = [await client.open(), await client.open()]
  const requests = Array.from({ length: 100 }, () => [...frame(Uint8Array.of(0x08, 0x05))])
  loud.send(Uint8Array.from(requests.flat()))
  expect(await closed(loud)).toBeInstanceOf(Error)
  sendMessage(quiet, message('PING'))
  expect((await nextMessage(quiet)).type).toBe(5)
  expect((await server.node.dht.getDiagnostics()).refusals).toEqual({ 'waiting bytes per connection': 1 })
})

test('§8.4 a connection that is refused again and again is closed; the peer may come again', async () => {
  await using server = await HardenedServer.start({
    limits: { rates: { PING: { perSecond: 1, burst: 1 } }, inbound: { maxRefusalsPerConnection: 3 } },
  })
  const client = await server.client()
  await client.ask(message('PING'))
  const [connection] = client.host.getConnections()
  const over = new Promise((resolve) => connection?.addEventListener('close', resolve, { once: true }))
  for (let i = 0; i < 4; i++) await client.ask(message('PING'))
  await over
  expect((await server.node.dht.getDiagnostics()).refusals).toMatchObject({ 'refusals per connection': 1 })
  expect(await client.ask(message('FIND_NODE', { key: content }))).not.toBe('reset')
})

test('§8.4 requests sent at once, fewer than that, are all answered', async () => {
  await using server = await HardenedServer.start()
  const client = await server.client()
  const stream = await client.open()
  const requests = Array.from({ length: 40 }, () => [...frame(Uint8Array.of(0x08, 0x05))])
  let received = 0
  stream.addEventListener('message', ({ data }) => {
    received += data.byteLength
  })
  stream.send(Uint8Array.from(requests.flat()))
  await stream.close()
  expect(await closed(stream)).toBeUndefined()
  expect(received).toBe(40 * 3)
})

test('§8.6 a reply is within 16 KiB, however many addresses the peers of the table have', async () => {
  // Nobody asks the made-up peers, who would fail and leave.
  await using server = await HardenedServer.start({ maintainTable: false })
  const random = new SeededRandom('reply')
  const addrs = Array.from({ length: 16 }, (_, i) => `/dns4/${'x'.repeat(150)}${i}.example/tcp/4001/wss`)
  const { routingTable } = server.node.dht
  for (let i = 0; i < 30; i++) routingTable.add(madeUpPeer(random, addrs), 'manual')
  const stream = await (await server.client()).open()
  const over = new Promise<number>((resolve) => {
    let received = 0
    stream.addEventListener('message', ({ data }) => {
      received += data.byteLength
    })
    stream.addEventListener('close', () => resolve(received), { once: true })
  })
  sendMessage(stream, message('FIND_NODE', { key: content }))
  await stream.close()
  const received = await over
  expect(received).toBeGreaterThan(8 * 1024)
  expect(received).toBeLessThanOrEqual(16 * 1024 + 3)
})

const provide = (bytes: Uint8Array): RpcMessage => message('GET_PROVIDERS', { key: bytes })
const find = (bytes: Uint8Array): RpcMessage => message('FIND_NODE', { key: bytes })
const get = (bytes: Uint8Array): RpcMessage => message('GET_VALUE', { key: bytes })

test.each([
  ['a provider key', provide, 80],
  ['a record key', get, 128],
  ['the key of FIND_NODE', find, 128],
] as const)('§8.9 %s has 1 to so many bytes; others reset the stream', async (_, request, most) => {
  await using server = await HardenedServer.start()
  const client = await server.client()
  expect(await client.ask(request(new Uint8Array(0)))).toBe('reset')
  expect(await client.ask(request(new Uint8Array(most + 1).fill(1)))).toBe('reset')
  expect(await client.ask(request(new Uint8Array(most).fill(1)))).not.toBe('reset')
})

test('§8.11 a value has at most 64 KiB, an IPNS record 10 KiB though its signature is good', async () => {
  await using server = await HardenedServer.start()
  const client = await server.client()
  expect(await client.ask(put(key, new Uint8Array(64 * 1024 + 1)))).toBe('reset')
  expect(await client.ask(put(key, new Uint8Array(64 * 1024)))).not.toBe('reset')
  const privateKey = await generateKeyPair('Ed25519')
  const name = ipnsKey(privateKey.publicKey.toMultihash().bytes)
  const options = { expiresAtMs: server.clock.now() + 3_600_000 }
  const large = await makeIpnsRecord(privateKey, `/ipfs/${'a'.repeat(11 * 1024)}`, options)
  expect(await client.ask(put(name, large))).toBe('reset')
  expect(await client.ask(put(name, await makeIpnsRecord(privateKey, '/ipfs/bafkqaaa', options)))).not.toBe(
    'reset',
  )
})

test('§8.12 a key of an unknown namespace, or of none, resets the stream, and nothing is stored', async () => {
  await using server = await HardenedServer.start()
  const client = await server.client()
  for (const name of ['/unknown/key', 'plain', '/n', '//key']) {
    expect(await client.ask(put(text(name), Uint8Array.of(1)))).toBe('reset')
  }
  expect(await server.node.dht.getValueStoreSize()).toBe(0)
})

test('§8.13 puts of one key that race on many streams leave the newest', async () => {
  await using server = await HardenedServer.start()
  const client = await server.client()
  // The connection is made first: libp2p takes only few streams that come with its handshake.
  await client.ask(message('PING'))
  const values = new SeededRandom('race').shuffle(Array.from({ length: 20 }, (_, i) => i + 1))
  const outcomes = await Promise.all(values.map((value) => client.ask(put(key, Uint8Array.of(value)))))
  expect(outcomes.some((outcome) => outcome !== 'reset')).toBe(true)
  expect(await client.ask(put(key, Uint8Array.of(19)))).toBe('reset')
  expect(await client.ask(get(key))).toMatchObject({ record: { value: Uint8Array.of(20) } })
})

test('§8.16 only the sender becomes a provider, and only among the first 20 entries', async () => {
  await using server = await HardenedServer.start()
  const client = await server.client()
  const random = new SeededRandom('providers')
  const others = Array.from({ length: 20 }, () => wirePeer(madeUpPeer(random)))
  const own = wirePeer(client.self)
  const add = (providerPeers: typeof others) =>
    client.tell(message('ADD_PROVIDER', { key: content, providerPeers }))
  expect(await add([...others, own])).toBe('reset')
  expect(await server.node.dht.providerStore.get(content)).toEqual([])
  expect(await add([...others.slice(1), own])).toBeUndefined()
  const held = await server.node.dht.providerStore.get(content)
  expect(held.map(({ provider }) => provider)).toEqual([client.self.id])
})

test('§8.17 at most 16 addresses and 8 KiB of them are kept of a provider', async () => {
  await using server = await HardenedServer.start()
  const client = await server.client()
  const many = Array.from({ length: 40 }, (_, i) => address(`/ip4/8.8.8.8/tcp/${i + 1}`))
  const long = Array.from({ length: 15 }, (_, i) => address(`/dns4/${'x'.repeat(900)}${i}/tcp/1`))
  for (const [addrs, kept] of [
    [many, 16],
    [long, 9],
  ] as const) {
    const providerPeers = [wirePeer(client.self, addrs)]
    expect(await client.tell(message('ADD_PROVIDER', { key: content, providerPeers }))).toBeUndefined()
    const [record] = await server.node.dht.providerStore.get(content)
    expect(record?.addrs).toEqual(addrs.slice(0, kept))
  }
})

test('§8.25 on a stream as go keeps it, an ADD_PROVIDER is not answered: the next reply is the next request’s', async () => {
  await using server = await HardenedServer.start()
  const client = await server.client()
  const stream = await client.open()
  sendMessage(stream, message('ADD_PROVIDER', { key: content, providerPeers: [wirePeer(client.self)] }))
  sendMessage(stream, message('GET_PROVIDERS', { key: content }))
  expect(await nextMessage(stream)).toMatchObject({ type: 3, providerPeers: [{ id: client.self.bytes }] })
})

test('§8.25 a put that is refused ends in a reset with not a byte before it; a good one echoes its record', async () => {
  await using server = await HardenedServer.start()
  const client = await server.client()
  const refused = [
    put(key, Uint8Array.of(255)),
    message('PUT_VALUE', { key }),
    put(text('/x/y'), Uint8Array.of(1)),
  ]
  for (const request of refused) {
    const stream = await client.open()
    let received = 0
    stream.addEventListener('message', ({ data }) => {
      received += data.byteLength
    })
    sendMessage(stream, request)
    expect(await closed(stream)).toBeInstanceOf(Error)
    expect(received).toBe(0)
  }
  const good = await publicKeyRecord()
  expect(await client.ask(put(good.key, good.value))).toMatchObject({
    key: good.key,
    record: { key: good.key, value: good.value },
  })
})
