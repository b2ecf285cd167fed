import { expect, test } from 'vitest'
import { keyFromBytes } from '../../src/dht/key.ts'
import { findProviders } from '../../src/dht/operations/find-providers.ts'
import { getValue } from '../../src/dht/operations/get-value.ts'
import { provide } from '../../src/dht/operations/provide.ts'
import { putValue } from '../../src/dht/operations/put-value.ts'
import { forgedProviders, wrongValue } from '../../src/sim/lies.ts'
import { simulatedClient } from '../../src/sim/simulated-client.ts'
import type { Lie } from '../../src/sim/simulated-node.ts'
import { largestByte, TestWorld, text } from '../dht/operations/network-world.ts'

const key = text('/n/key')

/** A client besides the one under test, which holds nothing then. */
function another(test: TestWorld) {
  const known = test.world.live.peers.slice(10, 18)
  return simulatedClient(test.world, { known, settings: test.client.settings, validator: largestByte })
}

/** Two of the five servers nearest to a key begin to lie. */
function corrupt({ world }: TestWorld, target: Uint8Array, lie: Lie): void {
  for (const { id } of world.closestLive(keyFromBytes(target), 5).slice(0, 2)) world.find(id)?.beginLying(lie)
}

test('a value that liars hold under every key is rejected, and the true one is found', async () => {
  const test = new TestWorld()
  await test.run(putValue(another(test), key, Uint8Array.of(7)))
  corrupt(test, key, wrongValue(Uint8Array.of(255)))
  const { value, values } = await test.run(getValue(test.client, key))
  expect(value).toEqual(Uint8Array.of(7))
  const rejected = values.filter((seen) => seen.rejected !== undefined)
  expect(rejected.map((seen) => seen.holders.length)).toEqual([2])
})

test('a hundred providers made up by liars do not hide the true one', async () => {
  const test = new TestWorld()
  const provider = another(test)
  const content = Uint8Array.of(0x12, 0x20, ...test.world.random.bytes(32))
  await test.run(provide(provider, content))
  corrupt(test, content, forgedProviders(test.world.random))
  const { providers } = await test.run(findProviders(test.client, content, { count: 20 }))
  expect(providers).toHaveLength(20)
  expect(providers.map(({ peer }) => peer.id)).toContain(provider.network.self.id)
})
