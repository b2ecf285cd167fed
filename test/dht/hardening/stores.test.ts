// What is kept for others stays within its caps, whoever floods it (docs/protocol.md §8, 14, 15, 27).
import { expect, test } from 'vitest'
import type { KadDHTOptions } from '../../../src/dht/index.ts'
import { MemoryProviderStorage } from '../../../src/dht/stores/memory-provider-storage.ts'
import { MemoryValueStorage } from '../../../src/dht/stores/memory-value-storage.ts'
import type { ProviderStorageOptions } from '../../../src/dht/stores/provider-storage.ts'
import type { ValueStorageOptions } from '../../../src/dht/stores/value-storage.ts'
import { message, put, text, wirePeer } from '../rpc/server-world.ts'
import { HardenedServer, type RawClient } from './hardened-server.ts'

type Caps = Partial<ValueStorageOptions & ProviderStorageOptions>

function capped(caps: Caps): KadDHTOptions {
  return {
    stores: (options) => ({
      values: new MemoryValueStorage({ ...options, ...caps }),
      providers: new MemoryProviderStorage({ ...options, ...caps }),
    }),
  }
}

const key = (i: number) => text(`/n/${i}`)
const provide = (client: RawClient, i: number) =>
  client.tell(message('ADD_PROVIDER', { key: key(i), providerPeers: [wirePeer(client.self)] }))

test('§8.14 a flood of values leaves the store within its caps of entries, bytes and one peer’s share', async () => {
  await using server = await HardenedServer.start(
    capped({ maxEntriesPerPublisher: 5, maxEntries: 8, maxSizeBytes: 60 }),
  )
  const clients = await Promise.all([server.client(), server.client()])
  const { valueStore } = server.node.dht
  for (const client of clients) {
    for (let i = 0; i < 30; i++) await client.ask(put(key(i), new Uint8Array(6).fill(i)))
    const own = (await valueStore.list()).filter(({ publisher }) => publisher === client.self.id)
    expect(own.length).toBeLessThanOrEqual(5)
  }
  const { entries, sizeBytes } = await valueStore.stats()
  expect(entries).toBeGreaterThan(0)
  expect(entries).toBeLessThanOrEqual(8)
  expect(sizeBytes).toBeLessThanOrEqual(60)
})

test('§8.15 a key has no more providers than its cap, a provider no more keys, and a refresh is always taken', async () => {
  await using server = await HardenedServer.start(capped({ maxProvidersPerKey: 3, maxKeysPerProvider: 4 }))
  const clients = await Promise.all(Array.from({ length: 5 }, () => server.client()))
  for (const client of clients) expect(await provide(client, 0)).toBeUndefined()
  const { providerStore } = server.node.dht
  expect(await providerStore.get(key(0))).toHaveLength(3)
  const last = clients.at(-1) as RawClient
  const outcomes: unknown[] = []
  for (let i = 1; i < 8; i++) outcomes.push(await provide(last, i))
  expect(outcomes).toEqual([undefined, undefined, undefined, 'reset', 'reset', 'reset', 'reset'])
  expect(await providerStore.keysOf(last.self.id)).toHaveLength(4)
  expect(await provide(last, 0)).toBeUndefined()
})

test('§8.27 providers this node has found are not what it serves', async () => {
  await using server = await HardenedServer.start()
  await using holder = await HardenedServer.start()
  const client = await holder.client()
  expect(await provide(client, 0)).toBeUndefined()
  const { host, address } = holder.node
  await server.node.dht.addPeer({ id: host.peerId, multiaddrs: [address.decapsulate('/p2p')] })
  const found = await server.node.dht.findProviders(key(0))
  expect(found.map(({ id }) => String(id))).toEqual([client.self.id])
  const asker = await server.client()
  expect(await asker.ask(message('GET_PROVIDERS', { key: key(0) }))).toMatchObject({ providerPeers: [] })
})
