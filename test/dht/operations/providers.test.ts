import { describe, expect, test } from 'vitest'
import { InvalidArgumentError, NotAvailableError } from '../../../src/dht/errors.ts'
import { keyFromBytes } from '../../../src/dht/key.ts'
import { findProviders } from '../../../src/dht/operations/find-providers.ts'
import { provide } from '../../../src/dht/operations/provide.ts'
import { madeUpPeer } from '../../../src/sim/made-up-peers.ts'
import { type SimulatedClient, simulatedClient } from '../../../src/sim/simulated-client.ts'
import { TestWorld, text } from './network-world.ts'

const key = text('a multihash')

function provider(test: TestWorld): SimulatedClient {
  return simulatedClient(test.world, {
    known: test.world.live.peers.slice(5, 12),
    settings: test.client.settings,
  })
}

function nearest({ world }: TestWorld) {
  return world.closestLive(keyFromBytes(key), 5)
}

describe('provide', () => {
  test('announces to the k nearest, and keeps the record here', async () => {
    const test = new TestWorld()
    const result = await test.run(provide(test.client, key))
    expect(result.peers.map(({ peer, ok }) => [peer.id, ok])).toEqual(
      nearest(test).map(({ id }) => [id, true]),
    )
    expect([result.stored, result.of]).toEqual([5, 5])
    const stored = test.serverEvents
      .filter(({ event }) => event.type === 'provider:stored')
      .map(({ peer }) => peer)
    expect(stored.sort()).toEqual(
      nearest(test)
        .map(({ id }) => id)
        .sort(),
    )
    const [own] = await test.client.providers.get(key)
    expect(own?.provider).toBe(test.client.network.self.id)
  })

  test('an acknowledgement without the key is a refusal, a missing one is not', async () => {
    const test = new TestWorld()
    const [first] = nearest(test)
    if (first === undefined) throw new Error('no peers')
    test.lieAt(first, (request, honest) => {
      const { key: _, ...withoutKey } = request
      return request.type === 2 ? withoutKey : (honest ?? request)
    })
    const result = await test.run(provide(test.client, key))
    expect(result.peers.map(({ failure }) => failure)).toEqual([
      'rejected',
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  test('without an address, or with a key that is none, it is refused before anything is sent', async () => {
    const test = new TestWorld()
    const { network } = test.client
    const hidden = {
      ...test.client,
      network: Object.create(network, { self: { value: { ...network.self, addrs: [] } } }),
    }
    await expect(provide(hidden, key)).rejects.toBeInstanceOf(NotAvailableError)
    await expect(provide(test.client, new Uint8Array(81))).rejects.toBeInstanceOf(InvalidArgumentError)
    expect(test.eventsOf('rpc:sent')).toEqual([])
  })
})

describe('findProviders', () => {
  test('finds all who provide, with addresses and who named them', async () => {
    const test = new TestWorld()
    const announcers = [provider(test), provider(test), provider(test)]
    for (const client of announcers) await test.run(provide(client, key))
    const heard: string[] = []
    const result = await test.run(findProviders(test.client, key, { onProvider: ({ id }) => heard.push(id) }))
    const ids = announcers.map(({ network }) => network.self.id).sort()
    expect(result.providers.map(({ peer }) => peer.id).sort()).toEqual(ids)
    expect(heard.sort()).toEqual(ids)
    for (const found of result.providers) {
      expect(found.peer.addrs).toHaveLength(1)
      expect(new Set(found.namedBy)).toEqual(new Set(nearest(test).map(({ id }) => id)))
    }
  })

  test('§8.27 what is found never enters the store this node serves', async () => {
    const test = new TestWorld()
    await test.run(provide(provider(test), key))
    await test.run(findProviders(test.client, key))
    expect(await test.client.providers.get(key)).toEqual([])
  })

  test('the count ends the lookup, but not before β peers have named providers', async () => {
    const test = new TestWorld({ servers: 200 }, { alpha: 1 })
    for (let i = 0; i < 4; i++) await test.run(provide(provider(test), key))
    const result = await test.run(findProviders(test.client, key, { count: 2 }))
    expect(result.providers).toHaveLength(2)
    const naming = test.eventsOf('rpc:replied').filter(({ providers }) => providers > 0)
    expect(naming.length).toBeGreaterThanOrEqual(3)
    expect(result.reason).toBe('stopped')
  })

  test('one liar with a hundred made-up providers neither ends the lookup nor crowds out the true ones', async () => {
    const test = new TestWorld({ servers: 200 })
    const honest = [provider(test), provider(test)]
    for (const client of honest) await test.run(provide(client, key))
    const [liar] = nearest(test)
    if (liar === undefined) throw new Error('no peers')
    const forged = Array.from({ length: 100 }, () => {
      const { bytes, addrs } = madeUpPeer(test.world.random)
      return { id: bytes, addrs: [...addrs], connection: 0 }
    })
    test.lieAt(liar, (request, reply) => ({ ...(reply ?? request), providerPeers: forged }))
    test.node(liar).latencyMs = 1
    const result = await test.run(findProviders(test.client, key, { count: 6 }))
    const found = result.providers.map(({ peer }) => peer.id)
    for (const { network } of honest) expect(found).toContain(network.self.id)
    expect(found).toHaveLength(6)
    expect(result.reason).toBe('converged')
  })

  test('liars fewer than β, however quick and long-winded, do not crowd out what the others know', async () => {
    const test = new TestWorld({ servers: 200 })
    const honest = provider(test)
    await test.run(provide(honest, key))
    for (const liar of nearest(test).slice(0, 2)) {
      const forged = Array.from({ length: 50 }, () => madeUpPeer(test.world.random))
      const entries = forged.map(({ bytes, addrs }) => ({ id: bytes, addrs: [...addrs], connection: 0 }))
      test.lieAt(liar, (request, reply) => ({ ...(reply ?? request), providerPeers: entries }))
      test.node(liar).latencyMs = 1
    }
    for (const peer of nearest(test).slice(2)) test.node(peer).latencyMs = 300
    const result = await test.run(findProviders(test.client, key, { count: 12 }))
    expect(result.reason).toBe('converged')
    expect(result.providers).toHaveLength(12)
    expect(result.providers.map(({ peer }) => peer.id)).toContain(honest.network.self.id)
  })

  test('a record held here is found without ending the search', async () => {
    const test = new TestWorld()
    await test.run(provide(test.client, key))
    await test.run(provide(provider(test), key))
    const result = await test.run(findProviders(test.client, key))
    expect(result.providers).toHaveLength(2)
    expect(result.providers.map(({ peer }) => peer.id)).toContain(test.client.network.self.id)
  })
})
