import { describe, expect, test } from 'vitest'
import { keyFromBytes, sharedPrefixLen } from '../../src/dht/key.ts'
import { findProviders } from '../../src/dht/operations/find-providers.ts'
import { provide } from '../../src/dht/operations/provide.ts'
import { runWorld } from '../../src/sim/run-world.ts'
import { type SimulatedClient, simulatedClient } from '../../src/sim/simulated-client.ts'
import { addSybils } from '../../src/sim/sybils.ts'
import type { World } from '../../src/sim/world.ts'

const SERVERS = 240
/** A fifth of all nodes. */
const SYBILS = 60
const FINDERS = 8

/** A client that knows 20 honest servers. */
function honestClient(world: World): SimulatedClient {
  const honest = world.live.peers.filter(({ id }) => world.find(id)?.behaviour === 'honest')
  return simulatedClient(world, { known: world.random.shuffle(honest).slice(0, 20) })
}

/** Of `FINDERS` clients that look for one provider, the share that finds it; and how many honest peers hold it. */
async function attacked(world: World, region: boolean) {
  const key = world.random.bytes(32)
  const sybils = addSybils(world, { around: keyFromBytes(key), count: SYBILS, sharedBits: 30 })
  expect(sybils.every((peer) => sharedPrefixLen(peer.key, keyFromBytes(key)) >= 30)).toBe(true)
  const provider = honestClient(world)
  const { peers } = await world.clock.runUntil(provide(provider, key, { region }))
  let found = 0
  for (let i = 0; i < FINDERS; i++) {
    const { providers } = await world.clock.runUntil(findProviders(honestClient(world), key, { region }))
    if (providers.some(({ peer }) => peer.id === provider.network.self.id)) found++
  }
  const isHonest = ({ peer }: { peer: { id: string } }) => world.find(peer.id)?.behaviour === 'honest'
  return { found: found / FINDERS, honestHolders: peers.filter(isHonest).length }
}

describe('a fifth of all nodes are Sybils, all of them nearer to the key than anybody honest', () => {
  test.each(['two', 'three', 'four'])('region put and region search find the provider (%s)', async (seed) => {
    const run = await runWorld({ seed, servers: SERVERS }, (world) => attacked(world, true))
    expect(run.honestHolders).toBeGreaterThanOrEqual(10)
    expect(run.found).toBeGreaterThanOrEqual(0.99)
  })

  test('without them it is hidden', async () => {
    const run = await runWorld({ seed: 'plain', servers: SERVERS }, (world) => attacked(world, false))
    expect(run).toEqual({ found: 0, honestHolders: 0 })
  })
})
