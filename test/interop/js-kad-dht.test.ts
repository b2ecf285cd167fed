import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { type Identify, identify, identifyPush } from '@libp2p/identify'
import type { Libp2p, PeerInfo } from '@libp2p/interface'
import { type KadDHT as JsKadDHT, kadDHT as jsKadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { type Ping, ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { ipnsSelector } from 'ipns/selector'
import { ipnsValidator as jsIpnsValidator } from 'ipns/validator'
import { createLibp2p } from 'libp2p'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DHTMode, ipnsKey, makeIpnsRecord, pkKey } from '../../src/dht/index.ts'
import { connectionManager, type LoopbackNode, Swarm, text, until } from '../dht/loopback.ts'

const PROTOCOL = '/ipfs/kad/1.0.0'
const DAY_MS = 86_400_000

type JsNode = Libp2p<{ identify: Identify; ping: Ping; dht: JsKadDHT }>

/** js-libp2p's own DHT as a server, with the addresses of this machine allowed. */
function makeJsNode(): Promise<JsNode> {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager,
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      dht: jsKadDHT({
        protocol: PROTOCOL,
        clientMode: false,
        peerInfoMapper: passthroughMapper,
        validators: { ipns: jsIpnsValidator },
        selectors: { ipns: ipnsSelector },
      }),
    },
  })
}

/** Resolves when the node's table holds `count` peers. */
async function untilJsKnows({ services: { dht } }: JsNode, count: number): Promise<void> {
  const { routingTable: table } = dht as unknown as { routingTable: EventTarget & { size: number } }
  if (table.size >= count) return
  await new Promise<void>((resolve) => {
    const check = () => {
      if (table.size < count) return
      table.removeEventListener('peer:add', check)
      resolve()
    }
    table.addEventListener('peer:add', check)
  })
}

let swarm: Swarm
let ours: LoopbackNode[]
let theirs: JsNode[]
/** One of each, that all others were bootstrapped around. */
let our: LoopbackNode
let their: JsNode

beforeAll(async () => {
  theirs = await Promise.all(Array.from({ length: 3 }, makeJsNode))
  const [first, ...others] = theirs
  if (first === undefined) throw new Error('no js node')
  their = first
  await Promise.all(others.map((node) => node.dial(first.getMultiaddrs())))
  swarm = new Swarm({ bootstrap: first.getMultiaddrs() })
  ours = await Promise.all(Array.from({ length: 3 }, () => swarm.add(DHTMode.SERVER)))
  our = ours[0] as LoopbackNode
  // Everybody but `their` may have come before others: they meet by looking up themselves.
  await untilJsKnows(first, 5)
  await Promise.all(ours.map((node) => node.dht.refreshRoutingTable()))
  await Promise.all(ours.map((node) => until(node, () => node.dht.getRoutingTableSize() === 5)))
  await Promise.all(theirs.map((node) => untilJsKnows(node, 4)))
})

afterAll(async () => {
  await swarm[Symbol.asyncDispose]()
  await Promise.all(theirs.map((node) => node.stop()))
})

async function idsOf(peers: AsyncIterable<PeerInfo>): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of peers) ids.push(id.toString())
  return ids
}

async function publicKeyRecord() {
  const { publicKey } = await generateKeyPair('Ed25519')
  return { key: pkKey(publicKey.toMultihash().bytes), value: publicKeyToProtobuf(publicKey) }
}

async function ipnsRecord(sequence = 1n) {
  const privateKey = await generateKeyPair('Ed25519')
  const options = { sequence, expiresAtMs: Date.now() + DAY_MS }
  return {
    key: ipnsKey(privateKey.publicKey.toMultihash().bytes),
    value: await makeIpnsRecord(privateKey, '/ipfs/bafkqaaa', options),
    newer: await makeIpnsRecord(privateKey, '/ipfs/bafkqaaa', { ...options, sequence: sequence + 1n }),
  }
}

async function newCid(): Promise<CID> {
  return CID.createV1(raw.code, await sha256.digest(crypto.getRandomValues(new Uint8Array(16))))
}

test('we find their peers', async () => {
  for (const wanted of theirs) {
    const found = await our.dht.operations.findPeer(wanted.peerId.toMultihash().bytes, { skipLocal: true })
      .result
    expect(found.isVerified).toBe(true)
    expect(found.peer?.id).toBe(wanted.peerId.toString())
  }
})

test('they find our peers', async () => {
  for (const { host } of ours) {
    const found = await their.peerRouting.findPeer(host.peerId)
    expect(found.multiaddrs.map(String)).toEqual(
      host.getMultiaddrs().map((address) => String(address.decapsulate('/p2p'))),
    )
  }
})

test('both find the same peers nearest to a key', async () => {
  const key = text('some key')
  const mine = await our.dht.peerRouting.findClosestPeersNetwork(key)
  const others = await idsOf(their.peerRouting.getClosestPeers(key))
  const everybody = [...theirs.map((node) => node.peerId), ...ours.map(({ host }) => host.peerId)].map(String)
  const expected = (self: { toString(): string }) =>
    everybody.filter((id) => id !== self.toString()).toSorted()
  expect(mine.map(String).toSorted()).toEqual(expected(our.host.peerId))
  expect(others.filter((id) => id !== their.peerId.toString()).toSorted()).toEqual(expected(their.peerId))
})

test('they take the public key we put, and give it', async () => {
  const { key, value } = await publicKeyRecord()
  expect(await our.dht.putValue(key, value)).toMatchObject({ stored: 5, of: 5 })
  for (const node of theirs) expect(await node.contentRouting.get(key)).toEqual(value)
})

test('we take the public key they put, and give it', async () => {
  const { key, value } = await publicKeyRecord()
  await their.contentRouting.put(key, value)
  for (const { dht } of ours) expect(await dht.getValue(key, 3)).toEqual(value)
})

test('they take the IPNS records we put, and the newer one replaces the older', async () => {
  const { key, value, newer } = await ipnsRecord()
  expect(await our.dht.putValue(key, value)).toMatchObject({ stored: 5, of: 5 })
  expect(await their.contentRouting.get(key)).toEqual(value)
  expect(await our.dht.putValue(key, newer)).toMatchObject({ stored: 5, of: 5 })
  for (const node of theirs) expect(await node.contentRouting.get(key)).toEqual(newer)
})

test('we take the IPNS records they put, and do not let an older one replace a newer', async () => {
  const { key, value, newer } = await ipnsRecord()
  await their.contentRouting.put(key, newer)
  for (const { dht } of ours) expect(await dht.getValue(key, 1)).toEqual(newer)
  await their.contentRouting.put(key, value).catch(() => {})
  for (const { dht } of ours) expect((await dht.valueStore.get(key))?.value).toEqual(newer)
})

test('they find what we provide', async () => {
  const cid = await newCid()
  expect(await our.dht.provide(cid.multihash.bytes)).toBe(true)
  for (const node of theirs) {
    const providers = await idsOf(node.contentRouting.findProviders(cid))
    expect(new Set(providers)).toEqual(new Set([our.host.peerId.toString()]))
  }
})

test('we find what they provide', async () => {
  const cid = await newCid()
  await their.contentRouting.provide(cid)
  for (const { dht } of ours) {
    const providers = await dht.findProviders(cid.toString())
    expect(providers.map(({ id }) => id.toString())).toEqual([their.peerId.toString()])
    expect(providers[0]?.multiaddrs.length).toBeGreaterThan(0)
  }
})

test('a damaged record is refused by both', async () => {
  const { key, value } = await publicKeyRecord()
  const damaged = value.with(4, (value[4] ?? 0) ^ 1)
  await expect(our.dht.putValue(key, damaged)).rejects.toThrow('public key')
  await their.contentRouting.put(key, damaged).catch(() => {})
  for (const { dht } of ours) expect(await dht.valueStore.get(key)).toBeUndefined()
})
