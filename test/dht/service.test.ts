import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { expect, test } from 'vitest'
import { DHTMode, kadDHT, pkKey } from '../../src/dht/index.ts'
import { connectionManager, Swarm, text } from './loopback.ts'
import { PROTOCOL } from './rpc/raw-streams.ts'

/** A js-libp2p node that has the DHT as a service, among three servers. */
async function setUp() {
  const swarm = new Swarm()
  const servers = await swarm.addServers(3)
  const bootstrap = servers.slice(0, 1).map(({ address }) => address)
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager,
    services: {
      identify: identify(),
      dht: kadDHT({ mode: DHTMode.SERVER, bootstrap, refreshIntervalMs: 0 }),
    },
    start: false,
  })
  const discovered = new Set<string>()
  node.addEventListener('peer:discovery', ({ detail }) => discovered.add(detail.id.toString()))
  await node.start()
  await node.services.dht.refreshRoutingTable()
  return {
    node,
    servers,
    discovered,
    async [Symbol.asyncDispose]() {
      await node.stop()
      await swarm[Symbol.asyncDispose]()
    },
  }
}

test('the service starts and stops with its node, serves, and tells of the peers it meets', async () => {
  await using world = await setUp()
  const { node, servers, discovered } = world
  expect(node.services.dht.isStarted()).toBe(true)
  expect(node.getProtocols()).toContain(PROTOCOL)
  for (const { host } of servers) expect(discovered).toContain(host.peerId.toString())
  await node.stop()
  expect(node.services.dht.isStarted()).toBe(false)
})

test('content routing goes through it: provide, find, stop providing, put and get', async () => {
  await using world = await setUp()
  const { node, servers } = world
  const cid = CID.createV1(raw.code, await sha256.digest(text('content')))
  await servers[1]?.dht.provide(cid.toString())
  const found: string[] = []
  for await (const { id } of node.contentRouting.findProviders(cid)) found.push(id.toString())
  expect(found).toEqual([servers[1]?.host.peerId.toString()])
  for await (const { id } of node.contentRouting.findProviders(cid)) {
    expect(id.toString()).toBe(found[0])
    break
  }
  await node.contentRouting.provide(cid)
  expect(await node.services.dht.providerStore.keysOf(node.peerId.toString())).toEqual([cid.multihash.bytes])
  await node.contentRouting.cancelReprovide(cid)
  expect(await node.services.dht.providerStore.keysOf(node.peerId.toString())).toEqual([])

  const { publicKey } = await generateKeyPair('Ed25519')
  const [key, value] = [pkKey(publicKey.toMultihash().bytes), publicKeyToProtobuf(publicKey)]
  await node.contentRouting.put(key, value)
  expect(await servers[2]?.dht.getValue(key)).toEqual(value)
  expect(await node.contentRouting.get(key)).toEqual(value)
  await expect(node.contentRouting.get(text('/pk/none'))).rejects.toThrow()
})

test('peer routing goes through it: find a peer, and those nearest to a key', async () => {
  await using world = await setUp()
  const { node, servers } = world
  for (const { host } of servers) {
    expect((await node.peerRouting.findPeer(host.peerId, { useCache: false })).id.equals(host.peerId)).toBe(
      true,
    )
  }
  const nobody = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
  await expect(node.peerRouting.findPeer(nobody)).rejects.toThrow()
  const closest: string[] = []
  for await (const { id } of node.peerRouting.getClosestPeers(text('key'))) closest.push(id.toString())
  expect(closest.toSorted()).toEqual(servers.map(({ host }) => host.peerId.toString()).toSorted())
})

test('a lookup of providers whose signal is aborted throws', async () => {
  await using world = await setUp()
  const { node } = world
  const cid = CID.createV1(raw.code, await sha256.digest(text('nothing')))
  const providers = node.contentRouting.findProviders(cid, { signal: AbortSignal.abort() })
  await expect(providers[Symbol.asyncIterator]().next()).rejects.toThrow()
})

test('a read that must not use the network sees what is held here, and sends nothing', async () => {
  await using world = await setUp()
  const { node, servers } = world
  const cid = CID.createV1(raw.code, await sha256.digest(text('content')))
  await node.contentRouting.provide(cid)
  const { publicKey } = await generateKeyPair('Ed25519')
  const [key, value] = [pkKey(publicKey.toMultihash().bytes), publicKeyToProtobuf(publicKey)]
  await node.contentRouting.put(key, value)

  const sent: string[] = []
  node.services.dht.subscribe((event) => {
    if (event.type === 'rpc:sent') sent.push(event.messageType)
  })
  const local = { useNetwork: false }
  const providers: string[] = []
  for await (const { id } of node.contentRouting.findProviders(cid, local)) providers.push(id.toString())
  expect(providers).toContain(node.peerId.toString())
  expect(await node.contentRouting.get(key, local)).toEqual(value)
  const known = servers[0]?.host.peerId
  if (known === undefined) throw new Error('no server')
  expect((await node.peerRouting.findPeer(known, local)).id.equals(known)).toBe(true)
  const nearest: string[] = []
  for await (const { id } of node.peerRouting.getClosestPeers(text('key'), local)) nearest.push(id.toString())
  expect(nearest.toSorted()).toEqual(servers.map(({ host }) => host.peerId.toString()).toSorted())
  await expect(node.contentRouting.get(text('/pk/none'), local)).rejects.toThrow()
  const nobody = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
  await expect(node.peerRouting.findPeer(nobody, local)).rejects.toThrow()
  expect(sent).toEqual([])
})

test('progress is told to who asks for it', async () => {
  await using world = await setUp()
  const { node } = world
  const seen: string[] = []
  const onProgress = ({ type }: { type: string }) => seen.push(type)
  await node.contentRouting.provide(CID.createV1(raw.code, await sha256.digest(text('content'))), {
    onProgress,
  })
  expect(seen[0]).toBe('kad-dht:operation:started')
  expect(seen.at(-1)).toBe('kad-dht:operation:ended')
})
