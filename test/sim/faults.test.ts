import { describe, expect, test } from 'vitest'
import { keyFromBytes } from '../../src/dht/key.ts'
import { closestPeers } from '../../src/dht/operations/closest-peers.ts'
import { drawLatencyMs } from '../../src/sim/latency.ts'
import { forgedClosers } from '../../src/sim/lies.ts'
import { runWorld } from '../../src/sim/run-world.ts'
import { SeededRandom } from '../../src/sim/seeded-random.ts'
import { simulatedClient } from '../../src/sim/simulated-client.ts'
import type { Behaviour } from '../../src/sim/simulated-node.ts'
import { World } from '../../src/sim/world.ts'

/** A world with one client that knows 10 servers, and one key. */
function smallWorld(seed: string) {
  const world = new World({ seed, servers: 100 })
  const key = world.random.bytes(32)
  const target = keyFromBytes(key)
  const client = simulatedClient(world, { known: world.live.peers.slice(0, 10) })
  const lookUp = () => world.clock.runUntil(closestPeers(client, key))
  return { world, target, lookUp }
}

describe('Latency', () => {
  test('spreads as it says: evenly, or half below the median with a long tail that ends', () => {
    const random = new SeededRandom('latency')
    const draw = (latency: Parameters<typeof drawLatencyMs>[1]) =>
      Array.from({ length: 5000 }, () => drawLatencyMs(random, latency)).sort((a, b) => a - b)
    const even = draw({ min: 20, max: 200 })
    expect([even[0], even[2500], even[4999]].map((ms) => Math.round((ms ?? 0) / 10))).toEqual([2, 11, 20])
    const tailed = draw({ median: 80, sigma: 0.5, max: 300 })
    expect(tailed[2500]).toBeGreaterThan(75)
    expect(tailed[2500]).toBeLessThan(85)
    expect((tailed[4750] ?? 0) / 80).toBeCloseTo(2.27, 0)
    expect(tailed[4999]).toBe(300)
  })
})

describe('behaviours', () => {
  test.each(['refusing', 'undialable', 'silent', 'resetting', 'client'] satisfies Behaviour[])(
    'switched to %s during a run a node leaves the results, switched back it returns',
    async (behaviour) => {
      const { world, target, lookUp } = smallWorld(behaviour)
      const [nearest] = world.closestLive(target, 1)
      const node = world.find(nearest?.id ?? '')
      if (node === undefined) throw new Error('no peers')
      expect((await lookUp()).peers[0]).toBe(nearest)
      node.behaviour = behaviour
      expect(world.closestLive(target, 1)).not.toContain(nearest)
      expect((await lookUp()).peers).toEqual(world.closestLive(target))
      node.behaviour = 'honest'
      await world.clock.advance(3_600_000)
      expect((await lookUp()).peers[0]).toBe(nearest)
    },
  )

  test('lost requests cost answers, not correctness', async () => {
    const { world, lookUp } = smallWorld('loss')
    world.links.loss = 0.2
    const { peers, counts } = await lookUp()
    expect(counts.slow + counts.failed).toBeGreaterThan(0)
    for (const { id } of peers) expect(world.find(id)?.isServing).toBe(true)
  })

  test('a fifth of liars who name thousands of made-up peers hide none of the honest closest', async () => {
    const { world, target, lookUp } = smallWorld('liars')
    for (const [i, peer] of world.live.peers.entries())
      if (i % 5 === 0) world.find(peer.id)?.beginLying(forgedClosers(world.random))
    const { peers, counts } = await lookUp()
    expect(peers).toEqual(world.closestLive(target))
    expect(counts.asked).toBeLessThanOrEqual(500)
  })
})

describe('runWorld', () => {
  test('a failing world says the seed that replays it', async () => {
    const failing = (seed: string) =>
      runWorld({ seed, servers: 1 }, async (world) => {
        throw new Error(`drew ${world.random.uint32()}`)
      })
    const message = await failing('seven').catch(({ message }: Error) => message)
    expect(message).toMatch(/^drew \d+\n\(a world of the seed "seven"\)$/)
    await expect(failing('seven')).rejects.toThrow(String(message))
  })
})
