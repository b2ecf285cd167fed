import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as dht from '../../src/dht/index.ts'
import { SeededRandom } from '../../src/sim/seeded-random.ts'
import { VirtualClock } from '../../src/sim/virtual-clock.ts'
import { type LoopbackNode, makeHost, Swarm, text } from './loopback.ts'
import { nextMessage, PROTOCOL, sendMessage } from './rpc/raw-streams.ts'
import { largestByte } from './rpc/server-world.ts'

const { DHTMode, KadDHT } = dht
const random = new SeededRandom('seed-api')

async function newPeerId(): Promise<PeerId> {
  return peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
}

async function newPeer(port = 4001): Promise<dht.PeerInfo> {
  return { id: await newPeerId(), multiaddrs: [multiaddr(`/ip4/127.0.0.1/tcp/${port}`)] }
}

async function publicKeyRecord() {
  const { publicKey } = await generateKeyPair('Ed25519')
  return { key: dht.pkKey(publicKey.toMultihash().bytes), value: publicKeyToProtobuf(publicKey) }
}

let swarm: Swarm
/** Three servers that know each other, with a namespace `n`. */
let one: LoopbackNode
let two: LoopbackNode
let three: LoopbackNode

beforeAll(async () => {
  swarm = new Swarm()
  ;[one, two, three] = (await swarm.addServers(3)) as [LoopbackNode, LoopbackNode, LoopbackNode]
  for (const node of [one, two, three]) node.dht.registerValidator('n', largestByte)
})

afterAll(() => swarm[Symbol.asyncDispose]())

/** The names on the class and on its instances. */
function namesOf(target: object): string[] {
  return [...Object.getOwnPropertyNames(target), ...Object.getOwnPropertyNames(Object.getPrototypeOf(target))]
}

describe('KadDHT', () => {
  test('the constructor takes host, mode and the six options of the original', async () => {
    const validator = new dht.NamespacedValidator({ n: largestByte })
    const node = new KadDHT(one.host, DHTMode.CLIENT, {
      enableRandomWalk: true,
      validator,
      validatorChanged: true,
      protocolPrefix: '/test',
      enableProviders: false,
      enableValues: false,
    })
    expect(node.isRandomWalkEnabled()).toBe(true)
    expect(node.protocol).toBe('/test/kad/1.0.0')
    node.applyFallbacks()
    expect([...validator.validators.keys()]).toEqual(['n'])
    await node.start()
    await expect(node.putValue('/n/key', Uint8Array.of(1))).rejects.toThrow('made without values')
    await expect(node.provide(text('key'))).rejects.toThrow('made without providers')
    await node.stop()
    expect(new KadDHT(one.host, DHTMode.CLIENT).isRandomWalkEnabled()).toBe(false)
  })

  test('addPeer probes first: a server is added, a client or nobody is not', async () => {
    const node = await swarm.add(DHTMode.CLIENT)
    expect(await node.dht.addPeer({ id: one.host.peerId, multiaddrs: one.host.getMultiaddrs() })).toBe(true)
    expect(node.dht.routingTable.peerInTable(one.host.peerId)).toBe(true)
    expect(await one.dht.addPeer(node.host.peerId)).toBe(false)
    expect(await node.dht.addPeer(await newPeer(1))).toBe(false)
    expect(await node.dht.addPeer(node.host.peerId)).toBe(false)
  })

  test('applyFallbacks adds pk and ipns where they are missing', () => {
    const validator = new dht.NamespacedValidator({ n: largestByte })
    new KadDHT(one.host, DHTMode.CLIENT, { validator }).applyFallbacks()
    expect([...validator.validators.keys()].toSorted()).toEqual(['ipns', 'n', 'pk'])
  })

  test('setValidator replaces the validator; setNamespaceValidator and registerValidator add to it', async () => {
    const node = new KadDHT(one.host, DHTMode.CLIENT)
    const validator = new dht.NamespacedValidator()
    node.setValidator(validator)
    node.applyFallbacks()
    expect(validator.validators.size).toBe(0)
    node.setNamespaceValidator('a', largestByte)
    node.registerValidator('b', largestByte)
    expect([...validator.validators.keys()]).toEqual(['a', 'b'])
    node.setValidator(largestByte)
    expect(() => node.registerValidator('c', largestByte)).toThrow(dht.InvalidArgumentError)
  })

  test('putValue stores, getValue finds; values are counted', async () => {
    expect(await one.dht.getValueStoreSize()).toBe(0)
    await one.dht.putValue('/n/key', Uint8Array.of(7))
    expect(await three.dht.getValue('/n/key')).toEqual(Uint8Array.of(7))
    expect(await three.dht.getValue(text('/n/key'), 2)).toEqual(Uint8Array.of(7))
    expect(await one.dht.getValueStoreSize()).toBe(1)
    expect(await one.dht.getValue('/n/none')).toBeUndefined()
  })

  test('a quorum that is not reached is warned of, and the best value returned all the same', async () => {
    await one.dht.putValue('/n/quorum', Uint8Array.of(1))
    const before = two.events.length
    expect(await two.dht.getValue('/n/quorum', 10)).toEqual(Uint8Array.of(1))
    expect(two.events.slice(before).filter(({ type }) => type === 'warning')).toHaveLength(1)
    expect(await two.dht.getValue('/n/quorum', -1)).toEqual(Uint8Array.of(1))
  })

  test('putValue refuses keys without a validator, invalid values, and an older value than the one held', async () => {
    await expect(one.dht.putValue('/other/key', text('v'))).rejects.toThrow(dht.InvalidRecordTypeError)
    await expect(one.dht.putValue('no namespace', text('v'))).rejects.toThrow(dht.InvalidRecordTypeError)
    await expect(one.dht.putValue('/n/x', Uint8Array.of(255))).rejects.toThrow('255 is not allowed')
    await one.dht.putValue('/n/newer', Uint8Array.of(2))
    await expect(one.dht.putValue('/n/newer', Uint8Array.of(1))).rejects.toThrow(dht.OlderRecordError)
  })

  test('strict validation may be switched off for keys without rules', async () => {
    const node = await swarm.add(DHTMode.CLIENT, { strictValidation: false, bootstrap: [one.address] })
    await node.dht.putValue('plain key', text('v'))
    expect(await node.dht.getValue('plain key')).toEqual(text('v'))
    expect(await one.dht.valueStore.get(text('plain key'))).toBeUndefined()
  })

  test('text keys are canonical bytes; py-libp2p’s own text is sent on request only', async () => {
    const { key, value } = await publicKeyRecord()
    const id = dht.peerFromBytes(key.subarray(4)).id
    await one.dht.putValue(`/pk/${id}`, value)
    expect((await one.dht.valueStore.get(key))?.value).toEqual(value)
    expect(dht.recordKeyOf(`/pk/${id}`, true)).toEqual(text(`/pk/${id}`))
    expect(() => dht.providerKeyOf('no cid')).toThrow(dht.InvalidArgumentError)
    expect(dht.providerKeyOf('no cid', true)).toEqual(text('no cid'))
  })

  test('provide announces, findProviders finds at most so many', async () => {
    const key = Uint8Array.from([0x12, 0x20, ...random.bytes(32)])
    expect(await one.dht.provide(key)).toBe(true)
    expect(await two.dht.provide(key)).toBe(true)
    const found = await three.dht.findProviders(key)
    expect(found.map(({ id }) => id.toString()).toSorted()).toEqual(
      [one, two].map(({ host }) => host.peerId.toString()).toSorted(),
    )
    expect(await three.dht.findProviders(key, 1)).toHaveLength(1)
  })

  test('findPeer finds addresses; the table is counted, refreshed and told of', async () => {
    expect((await one.dht.findPeer(two.host.peerId))?.multiaddrs.length).toBeGreaterThan(0)
    const size = one.dht.getRoutingTableSize()
    expect(size).toBeGreaterThanOrEqual(2)
    await one.dht.refreshRoutingTable()
    const diagnostics = await one.dht.getDiagnostics()
    expect(diagnostics.routingTable.size).toBe(one.dht.getRoutingTableSize())
    expect(diagnostics).toMatchObject({
      peerId: one.host.peerId.toString(),
      protocol: PROTOCOL,
      isRunning: true,
    })
  })

  test('handleStream serves a stream; switchMode changes what the node is', async () => {
    const node = await swarm.add(DHTMode.CLIENT)
    await node.host.handle('/other/1', (stream, connection) => node.dht.handleStream(stream, connection))
    const stream = await one.host.dialProtocol(node.address, '/other/1')
    sendMessage(stream, { type: dht.MessageType.PING, closerPeers: [], providerPeers: [] })
    expect((await nextMessage(stream)).type).toBe(dht.MessageType.PING)
    expect(await node.dht.switchMode(DHTMode.SERVER)).toBe(DHTMode.SERVER)
    expect(node.host.getProtocols()).toContain(PROTOCOL)
    await expect(node.dht.switchMode('BOTH' as dht.DHTMode)).rejects.toThrow(dht.InvalidArgumentError)
  })

  test('DHTMode has CLIENT and SERVER, and AUTO', () => {
    expect(DHTMode).toEqual({ CLIENT: 'CLIENT', SERVER: 'SERVER', AUTO: 'AUTO' })
  })
})

test('PeerRouting.findClosestPeersNetwork walks the network, and seeds from connected peers when it knows few', async () => {
  const host = await makeHost()
  await host.dial(one.address)
  const table = new dht.RoutingTable(host.peerId, host)
  const routing = new dht.PeerRouting(host, table)
  const key = text('key')
  const found = await routing.findClosestPeersNetwork(key)
  expect(found).toEqual(dht.sortPeerIdsByDistance(key, found))
  for (const { host: server } of [one, two, three])
    expect(found.map(String)).toContain(server.peerId.toString())
  expect(await one.dht.peerRouting.findClosestPeersNetwork(key, 1)).toHaveLength(1)
  await host.stop()
})

test('ProviderRecord and ProviderStore: added providers are found, by key and by peer', async () => {
  const clock = new VirtualClock()
  const provider = await newPeer()
  const record = new dht.ProviderRecord(provider, clock.now() / 1000, clock)
  expect(record).toMatchObject({ providerInfo: provider, timestamp: clock.now() / 1000 })
  const store = new dht.ProviderStore(undefined, undefined, { clock })
  store.addProvider(text('key'), provider)
  expect(store.getProviders(text('key'))).toEqual([provider])
  expect(await store.findProviders(text('key'))).toEqual([provider])
  expect(store.getProvidedKeys(provider.id)).toEqual([text('key')])
})

test('ValueStore: put for some seconds, get, has, cleanupExpired', async () => {
  const clock = new VirtualClock()
  const store = new dht.ValueStore(undefined, await newPeerId(), { clock })
  store.put(text('a'), text('value'), 10)
  store.put(text('b'), text('value'))
  expect(store.get(text('a'))?.value).toEqual(text('value'))
  await clock.advance(10_000)
  expect([store.has(text('a')), store.has(text('b'))]).toEqual([false, true])
  await clock.advance(dht.DEFAULT_SETTINGS.valueTtlMs)
  expect(store.cleanupExpired()).toBe(1)
})

test('KBucket: a half-open range of the keyspace, oldest peer first, and it may be split', async () => {
  const bucket = new dht.KBucket(undefined, 2)
  const [a, b, c] = await Promise.all([newPeer(1), newPeer(2), newPeer(3)])
  expect([await bucket.addPeer(a), await bucket.addPeer(b), await bucket.addPeer(c)]).toEqual([
    true,
    true,
    false,
  ])
  expect(bucket.getPeerInfo(a.id)?.id.equals(a.id)).toBe(true)
  expect(bucket.refreshPeerLastSeen(a.id)).toBe(true)
  expect(bucket.getOldestPeer()?.equals(b.id)).toBe(true)
  expect(bucket.getStalePeers(3600)).toEqual([])
  const [low, high] = bucket.split()
  expect(low.keyInRange(new Uint8Array(32).fill(0))).toBe(true)
  expect(high.keyInRange(new Uint8Array(32).fill(0))).toBe(false)
  expect(low.peerIdInRange(a.id)).toBe(!high.peerIdInRange(a.id))
})

test('RoutingTable: trusts its caller, and answers under the original’s names', async () => {
  const table = new dht.RoutingTable(await newPeerId())
  const peer = await newPeer()
  expect(await table.addPeer(peer)).toBe(true)
  expect(await table.addPeer(await newPeerId())).toBe(false)
  expect(table.getPeerIds().map(String)).toEqual([peer.id.toString()])
  expect(table.getPeerInfos()).toHaveLength(1)
  expect(table.getPeerInfo(peer.id)?.multiaddrs.map(String)).toEqual(peer.multiaddrs.map(String))
  expect(table.findBucket(peer.id).peerIdInRange(peer.id)).toBe(true)
  expect(table.findLocalClosestPeers(text('key')).map(String)).toEqual([peer.id.toString()])
  expect(table.getStalePeers(3600)).toEqual([])
  expect([table.peerInTable(peer.id), table.size()]).toEqual([true, 1])
  expect([table.removePeer(peer.id), table.removePeer(peer.id)]).toEqual([true, false])
  await table.addPeer(peer)
  table.cleanupRoutingTable()
  expect([table.size(), table.buckets.length]).toEqual([0, 1])
})

test('keys: numbers, prefixes, distances, and text in multibase', async () => {
  const id = await newPeerId()
  expect(dht.peerIdToKey(id)).toEqual(dht.createKeyFromBinary(id.toMultihash().bytes))
  expect(dht.keyToInt(new Uint8Array(32).with(31, 5))).toBe(5n)
  expect(dht.sharedPrefixLen(Uint8Array.of(0b1010), Uint8Array.of(0b1000))).toBe(6)
  const ids = await Promise.all(Array.from({ length: 5 }, newPeerId))
  const sorted = dht.sortPeerIdsByDistance(text('target'), ids)
  const distance = (peer: PeerId) =>
    dht.xorDistance(dht.createKeyFromBinary(text('target')), dht.peerIdToKey(peer))
  expect(sorted.map(distance)).toEqual(ids.map(distance).toSorted((a, b) => (a < b ? -1 : 1)))
  const bytes = Uint8Array.of(0, 0, 1)
  expect(dht.multibaseToBytes(dht.bytesToMultibase(bytes))).toEqual(bytes)
})

test('maybeConsumeSignedRecord: absent is fine, valid is kept, of another peer is refused', async () => {
  const privateKey = await generateKeyPair('Ed25519')
  const peerId = peerIdFromPrivateKey(privateKey)
  const multiaddrs = [multiaddr('/ip4/127.0.0.1/tcp/4001')]
  const envelope = await RecordEnvelope.seal(
    new PeerRecord({ peerId, multiaddrs, seqNumber: 1n }),
    privateKey,
  )
  const message = { type: dht.MessageType.PING, closerPeers: [], providerPeers: [] }
  const signed = { ...message, senderRecord: envelope.marshal() }
  expect(await dht.maybeConsumeSignedRecord(message, one.host, peerId)).toBe(true)
  expect(await dht.maybeConsumeSignedRecord(signed, one.host, await newPeerId())).toBe(false)
  expect(await dht.maybeConsumeSignedRecord(signed, one.host, peerId)).toBe(true)
  expect(await dht.maybeConsumeSignedRecord(signed, one.host, peerId)).toBe(true)
  expect((await one.host.peerStore.get(peerId)).addresses.map((a) => String(a.multiaddr))).toEqual(
    multiaddrs.map(String),
  )
})

test('pb: messages are encoded and decoded as the wire has them', () => {
  const message = { type: dht.MessageType.FIND_NODE, key: text('key'), closerPeers: [], providerPeers: [] }
  expect(dht.decodeMessage(dht.encodeMessage(message)).message).toEqual(message)
})

test('every method of the original is there by its name', () => {
  const methods =
    'addPeer applyFallbacks findProviders getRoutingTableSize getValue getValueStoreSize handleStream ' +
    'isRandomWalkEnabled putValue registerValidator setNamespaceValidator setValidator provide findPeer ' +
    'refreshRoutingTable switchMode getDiagnostics routingTable peerRouting valueStore providerStore'
  expect(namesOf(one.dht)).toEqual(expect.arrayContaining(methods.split(' ')))
})
