import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareDistance } from '../../../src/dht/key.ts'
import { PeerMemory } from '../../../src/dht/operations/peer-memory.ts'
import { madeUpPeer } from '../../../src/sim/made-up-peers.ts'
import { SeededRandom } from '../../../src/sim/seeded-random.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

function setUp(count: number, seed: number | string = 'memory') {
  const clock = new VirtualClock()
  const random = new SeededRandom(seed)
  const peers = Array.from({ length: count }, () => madeUpPeer(random))
  return { clock, random, peers, memory: new PeerMemory(clock) }
}

describe('PeerMemory', () => {
  test('gives the nearest of those that answered lately and let nobody wait since', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(20), (seed, count) => {
        const { random, peers, memory } = setUp(60, seed)
        for (const peer of peers) memory.answered(peer)
        const doubted = new Set(random.shuffle(peers).slice(0, 20))
        for (const peer of doubted) random.chance(0.5) ? memory.failed(peer) : memory.keptWaiting(peer)
        const target = random.bytes(32)
        const expected = peers
          .filter((peer) => !doubted.has(peer))
          .sort((a, b) => compareDistance(a.key, b.key, target))
          .slice(0, count)
        expect(memory.nearest(target, count)).toEqual(expected)
      }),
    )
  })

  test('a peer that failed rests a minute, twice as long each time, and is never waited for until it answers', async () => {
    const { clock, peers, memory } = setUp(1)
    const [peer] = peers
    if (peer === undefined) throw new Error('no peer')
    for (const restMs of [60_000, 120_000, 240_000, 480_000, 960_000, 1_800_000, 1_800_000]) {
      memory.failed(peer)
      await clock.advance(restMs - 1)
      expect(memory.doubtOf(peer.id)).toBe('dead')
      await clock.advance(1)
      expect(memory.doubtOf(peer.id)).toBe('slow')
    }
    memory.answered(peer)
    expect(memory.doubtOf(peer.id)).toBe('none')
    memory.failed(peer)
    await clock.advance(60_000)
    expect(memory.doubtOf(peer.id)).toBe('slow')
  })

  test('half an hour after its answer a peer is no seed any more', async () => {
    const { clock, random, peers, memory } = setUp(3)
    for (const peer of peers) memory.answered(peer)
    await clock.advance(30 * 60_000)
    expect(memory.nearest(random.bytes(32), 10)).toHaveLength(3)
    await clock.advance(1)
    expect(memory.nearest(random.bytes(32), 10)).toEqual([])
  })

  test('its memory is bounded, the least recent are forgotten first', () => {
    const { peers, memory } = setUp(5000)
    for (const peer of peers) memory.answered(peer)
    expect(memory.nearest(new Uint8Array(32), 5000)).toHaveLength(1000)
    expect(memory.find(peers[3999]?.id ?? '')).toBeUndefined()
    expect(memory.find(peers[4000]?.id ?? '')).toBe(peers[4000])
    for (const peer of peers) memory.failed(peer)
    expect(peers.filter(({ id }) => memory.doubtOf(id) !== 'none')).toEqual(peers.slice(1000))
  })
})
