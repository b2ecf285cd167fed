import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { withBitswap } from '@helia/bitswap'
import { ipns } from '@helia/ipns'
import { withLibp2pLight } from '@helia/libp2p'
import { unixfs } from '@helia/unixfs'
import { identify, identifyPush } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createHeliaLight } from 'helia'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DHTMode, kadDHT } from '../../src/dht/index.ts'
import { connectionManager, text, until } from '../dht/loopback.ts'

/**
 * A Helia that knows loopback alone: no public routers, no gateways, no bootstrap peers. Its content and peer
 * routing are our service.
 */
function makeHelia(mode: DHTMode, bootstrap: Multiaddr[]) {
  return withBitswap(
    withLibp2pLight(createHeliaLight(), {
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager,
      services: {
        identify: identify(),
        identifyPush: identifyPush(),
        ping: ping(),
        dht: kadDHT({ mode, bootstrap, refreshIntervalMs: 0 }),
      },
    }),
  ).start()
}

type HeliaNode = Awaited<ReturnType<typeof makeHelia>>

const SERVERS = 5

/** Nodes that keep the DHT. The two others are its clients: no table names them, so nobody meets them by chance. */
let servers: HeliaNode[]
let publisher: HeliaNode
let reader: HeliaNode

const dhtOf = ({ libp2p }: HeliaNode) => libp2p.services.dht

beforeAll(async () => {
  const first = await makeHelia(DHTMode.SERVER, [])
  const bootstrap = first.libp2p.getMultiaddrs()
  const others = Array.from({ length: SERVERS - 1 }, () => makeHelia(DHTMode.SERVER, bootstrap))
  servers = [first, ...(await Promise.all(others))]
  publisher = await makeHelia(DHTMode.CLIENT, bootstrap)
  reader = await makeHelia(DHTMode.CLIENT, bootstrap)
  await until({ dht: dhtOf(first) }, () => dhtOf(first).getRoutingTableSize() === SERVERS - 1)
  for (const node of [...servers.slice(1), publisher, reader]) {
    const dht = dhtOf(node)
    await dht.refreshRoutingTable()
    const others = node === publisher || node === reader ? SERVERS : SERVERS - 1
    await until({ dht }, () => dht.getRoutingTableSize() === others)
  }
})

afterAll(async () => {
  for (const node of [reader, publisher, ...servers]) await node.stop()
})

async function newCid(): Promise<CID> {
  return CID.createV1(raw.code, await sha256.digest(crypto.getRandomValues(new Uint8Array(16))))
}

async function all<T>(source: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

const idsOf = async (peers: AsyncIterable<{ id: CID }>) => (await all(peers)).map(({ id }) => id.toString())

const cidOf = ({ libp2p }: HeliaNode) => libp2p.peerId.toCID().toString()

test('a file that one Helia provides is fetched by another, which knows its provider from the DHT alone', async () => {
  const content = Uint8Array.from({ length: 1_500_000 }, (_, index) => (index * 2_654_435_761) >>> 24)
  const root = await unixfs(publisher).addBytes(content)
  await publisher.routing.provide(root)
  expect(reader.libp2p.getConnections(publisher.libp2p.peerId)).toEqual([])

  const fetched = Buffer.concat(await all(unixfs(reader).cat(root)))
  expect(fetched.equals(content)).toBe(true)
  expect(reader.libp2p.getConnections(publisher.libp2p.peerId)).not.toEqual([])
})

test('every Helia finds the provider, with addresses to dial', async () => {
  const cid = await newCid()
  await publisher.routing.provide(cid)
  for (const node of [reader, ...servers]) {
    const found = await all(node.routing.findProviders(cid))
    expect(found.map(({ id }) => id.toString())).toEqual([cidOf(publisher)])
    expect(found[0]?.multiaddrs.length).toBeGreaterThan(0)
  }
})

test('what nobody provides is found nowhere, and who gives up waiting for it is let go at once', async () => {
  const cid = await newCid()
  expect(await idsOf(reader.routing.findProviders(cid))).toEqual([])
  const abort = new AbortController()
  const wanted = all(await reader.blockstore.get(cid, { signal: abort.signal }))
  const refused = expect(wanted).rejects.toThrow()
  abort.abort()
  await refused
})

test('an IPNS name that one Helia publishes is resolved by all others, and follows what it publishes next', async () => {
  const names = ipns(publisher)
  for (const value of [await newCid(), await newCid()]) {
    const { publicKey } = await names.publish('site', value)
    for (const node of [reader, ...servers]) {
      const [found] = await all(ipns(node).resolve(publicKey, { nocache: true }))
      expect(found?.value).toBe(`/ipfs/${value}`)
    }
  }
})

test('a holder of an outdated IPNS record resolves the name to the newest one', async () => {
  const [outdated, newest] = [await newCid(), await newCid()]
  const { publicKey } = await ipns(publisher).publish('page', outdated)
  const holder = servers[1] as HeliaNode
  const key = new Uint8Array([...text('/ipns/'), ...publicKey.toMultihash().bytes])
  const held = await dhtOf(holder).valueStore.get(key)
  await ipns(publisher).publish('page', newest)
  if (held === undefined) throw new Error('The holder was not given the record.')
  await dhtOf(holder).valueStore.put(held, () => true)
  const [found] = await all(ipns(holder).resolve(publicKey, { nocache: true }))
  expect(found?.value).toBe(`/ipfs/${newest}`)
})

test('Helia finds peers, and those nearest to a key', async () => {
  const wanted = servers[2] as HeliaNode
  const found = await reader.routing.findPeer(wanted.libp2p.peerId.toCID(), { useCache: false })
  expect(found.multiaddrs.map(String)).toEqual(
    wanted.libp2p.getMultiaddrs().map((address) => String(address.decapsulate('/p2p'))),
  )
  const nearest = await idsOf(reader.routing.getClosestPeers(text('a key')))
  expect(nearest.toSorted()).toEqual(servers.map(cidOf).toSorted())
})

test('progress of a lookup reaches who asked Helia for it', async () => {
  const cid = await newCid()
  await publisher.routing.provide(cid)
  const seen: string[] = []
  const providers = reader.routing.findProviders(cid, { onProgress: ({ type }) => seen.push(type) })
  expect(await idsOf(providers)).toEqual([cidOf(publisher)])
  expect(seen).toContain('kad-dht:operation:started')
  expect(seen).toContain('kad-dht:provider:found')
})

test('all of it happened on this machine, through our routing alone', () => {
  for (const { libp2p, routing } of [reader, publisher, ...servers]) {
    const addresses = libp2p.getConnections().map(({ remoteAddr }) => String(remoteAddr))
    expect(addresses.filter((address) => !address.startsWith('/ip4/127.0.0.1/tcp/'))).toEqual([])
    expect(routing).toMatchObject({ routers: [{ name: 'libp2p-router' }] })
  }
})
