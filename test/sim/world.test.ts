import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UntimedDhtEvent } from '../../src/dht/events.ts'
import { compareDistance, keyFromBytes } from '../../src/dht/key.ts'
import { closestPeers } from '../../src/dht/operations/closest-peers.ts'
import { KeyOrder } from '../../src/sim/key-order.ts'
import { madeUpPeer } from '../../src/sim/made-up-peers.ts'
import { SeededRandom } from '../../src/sim/seeded-random.ts'
import { simulatedClient } from '../../src/sim/simulated-client.ts'
import { World, type WorldOptions } from '../../src/sim/world.ts'

/** Runs lookups of random keys by one client that knows 20 live peers. */
async function lookups(
  options: WorldOptions,
  count: number,
  publish: (event: UntimedDhtEvent) => void = () => {},
) {
  const world = new World(options)
  const known = world.random.shuffle(world.live.peers).slice(0, 20)
  const client = simulatedClient(world, { known, publish })
  const runs = []
  for (let i = 0; i < count; i++) {
    const key = world.random.bytes(32)
    const result = await world.clock.runUntil(closestPeers(client, key))
    runs.push({ ...result, truth: world.closestLive(keyFromBytes(key)) })
  }
  return { world, client, runs }
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN
}

function shareFound(runs: { peers: { id: string }[]; truth: { id: string }[] }[]): number {
  const found = runs.flatMap(({ peers, truth }) =>
    peers.filter(({ id }) => truth.some((peer) => peer.id === id)),
  )
  return found.length / runs.reduce((sum, { truth }) => sum + truth.length, 0)
}

describe('KeyOrder', () => {
  test('closest is what scanning and sorting finds; slices cover everybody by common prefix', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 200 }), fc.nat(30), (seed, size, count) => {
        const random = new SeededRandom(seed)
        const peers = Array.from({ length: size }, () => madeUpPeer(random))
        const order = new KeyOrder(peers)
        const target = random.chance(0.5) && peers[0] ? peers[0].key : random.bytes(32)
        const scanned = [...peers].sort((a, b) => compareDistance(a.key, b.key, target)).slice(0, count)
        expect(order.closest(target, count)).toEqual(scanned)
        const covered = [...order.slices(target)].reduce((sum, { from, to }) => sum + to - from, 0)
        expect(covered).toBe(size)
      }),
    )
  })
})

describe('World', () => {
  test('the same seed gives the same trace, byte for byte; another seed another', async () => {
    const trace = async (seed: string) => {
      const events: UntimedDhtEvent[] = []
      await lookups({ seed, servers: 300, deadShare: 0.3 }, 5, (event) => events.push(event))
      return JSON.stringify(events)
    }
    const first = await trace('a')
    expect(await trace('a')).toBe(first)
    expect(await trace('b')).not.toBe(first)
  })

  test('1,500 live servers, 30 % of entries dead, half of those silent: targets.md P2 is met', async () => {
    const all = []
    // 3,600 peers to be found: of fewer, chance alone makes half a per cent.
    for (const seed of ['one', 'two', 'three', 'four', 'five', 'six']) {
      const { world, runs } = await lookups({ seed, servers: 1500, deadShare: 0.3 }, 30)
      for (const { id } of runs.flatMap(({ peers }) => peers))
        expect(world.find(id)?.behaviour).toBe('honest')
      all.push(...runs)
    }
    const durations = all.map(({ durationMs }) => durationMs)
    expect(percentile(durations, 0.5)).toBeLessThanOrEqual(500)
    expect(percentile(durations, 0.95)).toBeLessThanOrEqual(1000)
    expect(shareFound(all)).toBeGreaterThanOrEqual(0.995)
    expect(all.reduce((sum, { counts }) => sum + counts.asked, 0) / all.length).toBeLessThanOrEqual(74)
  })

  test('1,500 live servers, nobody dead: all of the true 20, quicker than the slowest two of a path', async () => {
    const { runs } = await lookups({ seed: 'clean', servers: 1500 }, 30)
    expect(shareFound(runs)).toBe(1)
    expect(
      percentile(
        runs.map(({ durationMs }) => durationMs),
        0.95,
      ),
    ).toBeLessThanOrEqual(524)
    expect(runs.reduce((sum, { counts }) => sum + counts.asked, 0) / runs.length).toBeLessThanOrEqual(62)
  })

  test('mean hops stay within 1.1 × log2(N)/5, as targets.md P6 says', async () => {
    for (const servers of [1000, 8000]) {
      const { runs } = await lookups({ seed: 'hops', servers }, 40)
      const hops = runs.reduce((sum, { counts }) => sum + counts.hops, 0) / runs.length
      expect(hops).toBeLessThanOrEqual((1.1 * Math.log2(servers)) / 5)
    }
  })
})
