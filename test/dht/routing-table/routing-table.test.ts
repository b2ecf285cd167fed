import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { beforeEach, describe, expect, test } from 'vitest'
import { keyToInt, peerIdToKey, sortPeerIdsByDistance } from '../../../src/dht/key.ts'
import type { PeerInfo } from '../../../src/dht/peer.ts'
import { KEYSPACE_END } from '../../../src/dht/routing-table/k-bucket.ts'
import {
  RoutingTable,
  type RoutingTableOptions,
  type TableHost,
} from '../../../src/dht/routing-table/routing-table.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

const newId = async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
const newInfo = async (...addrs: string[]): Promise<PeerInfo> => ({
  id: await newId(),
  multiaddrs: (addrs.length > 0 ? addrs : ['/ip4/127.0.0.1/tcp/4001']).map((text) => multiaddr(text)),
})
const newInfos = (count: number) => Promise.all(Array.from({ length: count }, () => newInfo()))
const texts = (ids: readonly PeerId[]) => ids.map(String)

/** A host whose peer store knows one peer. */
function hostKnowing(known: PeerInfo, protocols: string[]): TableHost {
  const get = async (id: PeerId) => {
    if (!known.id.equals(id)) throw new Error('Not found')
    const addresses = known.multiaddrs.map((address) => ({ multiaddr: address, isCertified: false }))
    return { id, addresses, protocols, metadata: new Map(), tags: new Map() }
  }
  return { peerStore: { get } }
}

let localId: PeerId
let clock: VirtualClock
beforeEach(async () => {
  localId = await newId()
  clock = new VirtualClock()
})

const makeTable = (host?: TableHost, options: RoutingTableOptions = {}) =>
  new RoutingTable(localId, host, { clock, ...options })

describe('RoutingTable.addPeer', () => {
  test('takes 25 random peers; each is then in the table with its addresses', async () => {
    const table = makeTable()
    const infos = await newInfos(25)
    for (const info of infos) expect(await table.addPeer(info)).toBe(true)
    expect(table.size()).toBe(25)
    expect(texts(table.getPeerIds()).sort()).toEqual(texts(infos.map(({ id }) => id)).sort())
    expect(table.getPeerInfos()).toHaveLength(25)
    for (const { id, multiaddrs } of infos) {
      expect(table.peerInTable(id)).toBe(true)
      expect(table.getPeerInfo(id)?.id.equals(id)).toBe(true)
      expect(table.getPeerInfo(id)?.multiaddrs.map(String)).toEqual(multiaddrs.map(String))
    }
  })

  test('is false for ourselves', async () => {
    const table = makeTable()
    expect(await table.addPeer({ id: localId, multiaddrs: [multiaddr('/ip4/127.0.0.1/tcp/1')] })).toBe(false)
    expect(table.size()).toBe(0)
  })

  test('finds the addresses of a bare id in the peer store, and is false when there are none', async () => {
    const known = await newInfo()
    const table = makeTable(hostKnowing(known, []))
    expect(await table.addPeer(known.id)).toBe(true)
    expect(table.getPeerInfo(known.id)?.multiaddrs.map(String)).toEqual(['/ip4/127.0.0.1/tcp/4001'])
    expect(await table.addPeer(await newId())).toBe(false)
    expect(await makeTable().addPeer(known.id)).toBe(false)
  })

  test('is false for a peer that identify knows to serve no Kademlia, true for one that does or is not identified', async () => {
    const known = await newInfo()
    const added = (protocols: string[], protocol?: string) =>
      makeTable(hostKnowing(known, protocols), protocol === undefined ? {} : { protocol }).addPeer(known)
    expect(await added(['/ipfs/id/1.0.0'])).toBe(false)
    expect(await added(['/ipfs/id/1.0.0', '/ipfs/lan/kad/1.0.0'])).toBe(true)
    expect(await added(['/ipfs/lan/kad/1.0.0'], '/ipfs/kad/1.0.0')).toBe(false)
    expect(await added([])).toBe(true)
  })

  test('is true for a known peer, which gets its new addresses and counts as heard now', async () => {
    const table = makeTable()
    const info = await newInfo()
    await table.addPeer(info)
    await clock.advance(5_000_000)
    expect(texts(table.getStalePeers())).toEqual([info.id.toString()])
    const multiaddrs = [multiaddr('/ip4/127.0.0.1/tcp/9')]
    expect(await table.addPeer({ id: info.id, multiaddrs })).toBe(true)
    expect(table.getPeerInfo(info.id)?.multiaddrs.map(String)).toEqual(['/ip4/127.0.0.1/tcp/9'])
    expect(table.getStalePeers()).toEqual([])
    expect(table.size()).toBe(1)
  })

  test('§8.20 is false for a third peer of a subnet in one bucket, unless the cap is lifted', async () => {
    const infos = await Promise.all([1, 2, 3].map((host) => newInfo(`/ip4/8.8.4.${host}/tcp/1`)))
    const capped = makeTable()
    const lifted = makeTable(undefined, { diversity: { perBucket: 0, perTable: 0 } })
    const results = []
    for (const info of infos) results.push([await capped.addPeer(info), await lifted.addPeer(info)])
    expect(results).toEqual([
      [true, true],
      [true, true],
      [false, true],
    ])
  })

  test('does not throw, whatever the host does', async () => {
    const failing: TableHost = {
      peerStore: {
        get: () => {
          throw new Error('The store is closed.')
        },
      },
    }
    expect(await makeTable(failing).addPeer(await newId())).toBe(false)
  })
})

describe('RoutingTable', () => {
  test('buckets are sorted, disjoint and cover the keyspace; a peer is in the one that findBucket names', async () => {
    const table = makeTable(undefined, { bucketSize: 4 })
    for (const info of await newInfos(60)) await table.addPeer(info)
    const { buckets } = table
    expect(buckets[0]?.minRange).toBe(0n)
    expect(buckets.at(-1)?.maxRange).toBe(KEYSPACE_END)
    for (let i = 1; i < buckets.length; i++) expect(buckets[i]?.minRange).toBe(buckets[i - 1]?.maxRange)
    for (const id of table.getPeerIds()) {
      const bucket = table.findBucket(id)
      expect(buckets).toContain(bucket)
      expect(bucket.peerIdInRange(id)).toBe(true)
      expect(bucket.getPeerInfo(id)).toBeDefined()
    }
    expect(buckets.filter((bucket) => bucket.size() > 4)).toEqual([])
  })

  test('findLocalClosestPeers hashes its key and gives the nearest first, 20 by default', async () => {
    const table = makeTable()
    for (const info of await newInfos(40)) await table.addPeer(info)
    const key = new TextEncoder().encode('/v/hello')
    const sorted = sortPeerIdsByDistance(key, table.getPeerIds())
    expect(texts(table.findLocalClosestPeers(key))).toEqual(texts(sorted.slice(0, 20)))
    expect(texts(table.findLocalClosestPeers(key, 3))).toEqual(texts(sorted.slice(0, 3)))
    expect(table.findLocalClosestPeers(key, 0)).toEqual([])
  })

  test('removePeer says whether the peer was in', async () => {
    const table = makeTable()
    const info = await newInfo()
    await table.addPeer(info)
    expect(table.removePeer(info.id)).toBe(true)
    expect(table.removePeer(info.id)).toBe(false)
    expect(table.peerInTable(info.id)).toBe(false)
    expect(table.getPeerInfo(info.id)).toBeUndefined()
  })

  test('cleanupRoutingTable leaves one empty bucket', async () => {
    const table = makeTable(undefined, { bucketSize: 2 })
    for (const info of await newInfos(20)) await table.addPeer(info)
    expect(table.buckets.length).toBeGreaterThan(1)
    table.cleanupRoutingTable()
    expect(table.size()).toBe(0)
    expect(table.buckets.map((bucket) => [bucket.minRange, bucket.maxRange, bucket.size()])).toEqual([
      [0n, KEYSPACE_END, 0],
    ])
  })

  test('stale peers of all buckets are strictly older than the threshold', async () => {
    const table = makeTable(undefined, { bucketSize: 4 })
    for (const info of await newInfos(12)) await table.addPeer(info)
    const size = table.size()
    await clock.advance(3_600_000)
    expect(table.getStalePeers()).toEqual([])
    await clock.advance(1)
    expect(table.getStalePeers()).toHaveLength(size)
    expect(table.getStalePeers(7200)).toEqual([])
  })

  test('§8.20 what is done to one of its buckets goes through the table and its caps', async () => {
    const table = makeTable()
    const infos = await Promise.all([1, 2, 3].map((host) => newInfo(`/ip4/8.8.4.${host}/tcp/1`)))
    const [bucket] = table.buckets
    const added = []
    for (const info of infos) added.push(await bucket?.addPeer(info))
    expect(added).toEqual([true, true, false])
    expect(table.size()).toBe(2)
    expect(bucket?.removePeer((infos[0] as PeerInfo).id)).toBe(true)
    expect(table.size()).toBe(1)
  })

  test('our own place is in one of its buckets, and stays empty of us', async () => {
    const table = makeTable()
    expect(table.findBucket(localId).keyInRange(peerIdToKey(localId))).toBe(true)
    expect(keyToInt(peerIdToKey(table.localId))).toBe(keyToInt(peerIdToKey(localId)))
  })
})
