import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { keyToInt, peerIdToKey } from '../../../src/dht/key.ts'
import type { PeerInfo } from '../../../src/dht/peer.ts'
import { KBucket, KEYSPACE_END } from '../../../src/dht/routing-table/k-bucket.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

const HALF = KEYSPACE_END / 2n

let infos: PeerInfo[] = []
beforeAll(async () => {
  const pairs = await Promise.all(Array.from({ length: 24 }, () => generateKeyPair('Ed25519')))
  infos = pairs.map((pair) => ({
    id: peerIdFromPrivateKey(pair),
    multiaddrs: [multiaddr('/ip4/1.2.3.4/tcp/4001')],
  }))
})

const info = (index: number) => infos[index] as PeerInfo
const textOf = (id: PeerId | null | undefined) => id?.toString()
const orderOf = (bucket: KBucket) => [...bucket.peers.keys()]
const namesOf = (...indexes: number[]) => indexes.map((index) => info(index).id.toString())

async function filled(count: number, bucketSize = 20) {
  const clock = new VirtualClock()
  const bucket = new KBucket(undefined, bucketSize, 0n, KEYSPACE_END, { clock })
  for (let i = 0; i < count; i++) {
    await clock.advance(1000)
    await bucket.addPeer(info(i))
  }
  return { bucket, clock }
}

describe('KBucket', () => {
  test('holds 20 peers of the whole keyspace unless told otherwise', () => {
    const bucket = new KBucket(undefined)
    expect([bucket.bucketSize, bucket.minRange, bucket.maxRange]).toEqual([20, 0n, 2n ** 256n])
  })

  test('peers stand in the order they came, with the time they were heard', async () => {
    const { bucket, clock } = await filled(3)
    expect(orderOf(bucket)).toEqual(namesOf(0, 1, 2))
    expect([...bucket.peers.values()].map(({ lastSeen }) => clock.now() - lastSeen)).toEqual([2000, 1000, 0])
  })

  test('a full bucket refuses newcomers, and still updates who is in', async () => {
    const { bucket } = await filled(20)
    expect(await bucket.addPeer(info(20))).toBe(false)
    expect(await bucket.addPeer(info(5))).toBe(true)
    expect(bucket.size()).toBe(20)
    expect(bucket.getPeerInfo(info(20).id)).toBeUndefined()
  })

  test('a known peer moves to the end and gets its new addresses', async () => {
    const { bucket } = await filled(3)
    const moved = { id: info(0).id, multiaddrs: [multiaddr('/ip4/5.6.7.8/tcp/1')] }
    expect(await bucket.addPeer(moved)).toBe(true)
    expect(orderOf(bucket)).toEqual(namesOf(1, 2, 0))
    expect(bucket.getPeerInfo(info(0).id)?.multiaddrs.map(String)).toEqual(['/ip4/5.6.7.8/tcp/1'])
  })

  test('refreshPeerLastSeen moves to the end and stamps the time; false for strangers', async () => {
    const { bucket, clock } = await filled(3)
    await clock.advance(500)
    expect(bucket.refreshPeerLastSeen(info(1).id)).toBe(true)
    expect(orderOf(bucket)).toEqual(namesOf(0, 2, 1))
    expect(bucket.peers.get(info(1).id.toString())?.lastSeen).toBe(clock.now())
    expect(bucket.refreshPeerLastSeen(info(9).id)).toBe(false)
  })

  test('stale is strictly older than the threshold, an hour by default', async () => {
    const { bucket, clock } = await filled(1)
    await clock.advance(3_600_000)
    expect(bucket.getStalePeers()).toEqual([])
    await clock.advance(1)
    expect(bucket.getStalePeers().map(textOf)).toEqual(namesOf(0))
    expect(bucket.getStalePeers(3601)).toEqual([])
  })

  test('the oldest is the one heard longest ago; null when there is nobody', async () => {
    const { bucket } = await filled(3)
    expect(textOf(bucket.getOldestPeer())).toBe(namesOf(0)[0])
    bucket.refreshPeerLastSeen(info(0).id)
    expect(textOf(bucket.getOldestPeer())).toBe(namesOf(1)[0])
    expect(new KBucket(undefined).getOldestPeer()).toBeNull()
  })

  test('removePeer says whether there was one', async () => {
    const { bucket } = await filled(2)
    expect(bucket.removePeer(info(0).id)).toBe(true)
    expect(bucket.removePeer(info(0).id)).toBe(false)
    expect(orderOf(bucket)).toEqual(namesOf(1))
  })

  test('a range holds its first key and not its last', () => {
    const lower = new KBucket(undefined, 20, 0n, HALF)
    const upper = new KBucket(undefined, 20, HALF, KEYSPACE_END)
    const first = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 0x80 : 0))
    const before = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 0x7f : 0xff))
    expect([lower.keyInRange(before), lower.keyInRange(first)]).toEqual([true, false])
    expect([upper.keyInRange(before), upper.keyInRange(first)]).toEqual([false, true])
  })

  test('peerIdInRange asks for the place of the id', () => {
    for (const { id } of infos) {
      const isLower = keyToInt(peerIdToKey(id)) < HALF
      expect(new KBucket(undefined, 20, 0n, HALF).peerIdInRange(id)).toBe(isLower)
      expect(new KBucket(undefined, 20, HALF, KEYSPACE_END).peerIdInRange(id)).toBe(!isLower)
    }
  })

  test('split halves the range at the midpoint, keeps the order, and leaves its source as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...Array(20).keys()]), async (touched) => {
        const { bucket, clock } = await filled(20)
        for (const index of touched) {
          await clock.advance(1)
          bucket.refreshPeerLastSeen(info(index).id)
        }
        const before = [...bucket.peers].map(([id, { lastSeen }]) => ({ id, lastSeen }))
        const [lower, upper] = bucket.split()
        expect([lower.minRange, lower.maxRange, upper.minRange, upper.maxRange]).toEqual([
          0n,
          HALF,
          HALF,
          KEYSPACE_END,
        ])
        const halves = new Map([...lower.peers, ...upper.peers])
        for (const half of [lower, upper]) {
          const wanted = before.filter(({ id }) => half.peers.has(id))
          expect([...half.peers].map(([id, { lastSeen }]) => ({ id, lastSeen }))).toEqual(wanted)
          for (const { info } of half.peers.values()) expect(half.peerIdInRange(info.id)).toBe(true)
        }
        expect(halves.size).toBe(20)
        await clock.advance(1)
        for (const half of [lower, upper])
          for (const { info } of half.peers.values()) half.refreshPeerLastSeen(info.id)
        expect([...bucket.peers].map(([id, { lastSeen }]) => ({ id, lastSeen }))).toEqual(before)
      }),
      { numRuns: 20 },
    )
  })

  test('without a clock it goes by the time of the system', async () => {
    const bucket = new KBucket(undefined)
    const before = Date.now()
    await bucket.addPeer(info(0))
    const { lastSeen } = [...bucket.peers.values()][0] ?? {}
    expect(lastSeen).toBeGreaterThanOrEqual(before)
    expect(lastSeen).toBeLessThanOrEqual(Date.now())
  })
})
