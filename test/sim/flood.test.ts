import { describe, expect, test } from 'vitest'
import { keyFromBytes } from '../../src/dht/key.ts'
import { NamespacedValidator } from '../../src/dht/records/namespaced-validator.ts'
import { MemoryProviderStorage } from '../../src/dht/stores/memory-provider-storage.ts'
import { MemoryValueStorage } from '../../src/dht/stores/memory-value-storage.ts'
import { encodeMessage } from '../../src/dht/wire/codec.ts'
import { MessageType } from '../../src/dht/wire/message.ts'
import { madeUpPeer } from '../../src/sim/made-up-peers.ts'
import { runWorld } from '../../src/sim/run-world.ts'

const caps = { maxEntries: 200, maxSizeBytes: 40_000 }
const ATTACKERS = 20
const REQUESTS = 100

describe('a flood of made-up records', () => {
  test('stays within every cap of both stores, and the records nearest to the node are kept', async () => {
    const validator = new NamespacedValidator({ n: { validate: () => {}, select: () => 0 } })
    await runWorld({ seed: 'flood', servers: 1, validator }, async (world) => {
      const { random, clock } = world
      const [self] = world.live.peers
      if (self === undefined) throw new Error('no server')
      const options = { clock, localId: self.id, localKey: self.key, ...caps }
      const values = new MemoryValueStorage({ ...options, maxEntriesPerPublisher: 30 })
      const providers = new MemoryProviderStorage({
        ...options,
        maxProvidersPerKey: 10,
        maxKeysPerProvider: 30,
      })
      const server = world.handlersOf(self, { table: world.tableOf(self), values, providers })
      const popular = random.bytes(34)
      for (let attacker = 0; attacker < ATTACKERS; attacker++) {
        const from = madeUpPeer(random)
        const provider = { id: from.bytes, addrs: [...from.addrs], connection: 0 }
        for (let i = 0; i < REQUESTS; i++) {
          const key = i === 0 ? popular : random.bytes(34)
          const add = { type: MessageType.ADD_PROVIDER, key, closerPeers: [], providerPeers: [provider] }
          await server.handle(from, encodeMessage(add))
          const name = Uint8Array.of(0x2f, 0x6e, 0x2f, ...random.bytes(16))
          const record = { key: name, value: random.bytes(200), timeReceived: '' }
          const put = { type: MessageType.PUT_VALUE, key: name, record, closerPeers: [], providerPeers: [] }
          await server.handle(from, encodeMessage(put))
        }
        expect((await providers.keysOf(from.id)).length).toBeLessThanOrEqual(30)
      }
      for (const stats of [await values.stats(), await providers.stats()]) {
        expect(stats.entries).toBeGreaterThan(50)
        expect(stats.entries).toBeLessThanOrEqual(caps.maxEntries)
        expect(stats.sizeBytes).toBeLessThanOrEqual(caps.maxSizeBytes)
      }
      expect((await providers.get(popular)).length).toBeLessThanOrEqual(10)
      const held = await values.list()
      const publishers = Map.groupBy(held, ({ publisher }) => publisher)
      for (const [, records] of publishers) expect(records.length).toBeLessThanOrEqual(30)
      const nearer = held.filter(({ key }) => ((keyFromBytes(key)[0] ?? 0) ^ (self.key[0] ?? 0)) < 128)
      expect(nearer.length).toBeGreaterThan(held.length * 0.7)
    })
  })
})
