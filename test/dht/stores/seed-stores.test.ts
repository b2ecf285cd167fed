import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProviderRecord } from '../../../src/dht/stores/provider-record.ts'
import { ProviderStore } from '../../../src/dht/stores/provider-store.ts'
import { ValueStore } from '../../../src/dht/stores/value-store.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

const HOUR_MS = 3_600_000
const text = (value: string) => new TextEncoder().encode(value)
const newPeerId = async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
const newPeerInfo = async () => ({ id: await newPeerId(), multiaddrs: [multiaddr('/ip4/1.2.3.4/tcp/4001')] })

describe('ValueStore', () => {
  const setUp = async (options = {}) => {
    const clock = new VirtualClock()
    return { clock, store: new ValueStore({}, await newPeerId(), { clock, ...options }) }
  }

  test('get gives a record of the value put, stamped in RFC 3339', async () => {
    const { clock, store } = await setUp()
    store.put(text('/v/a'), text('hello'))
    expect(store.get(text('/v/a'))).toEqual({
      key: text('/v/a'),
      value: text('hello'),
      timeReceived: new Date(clock.now()).toISOString(),
    })
    expect(store.has(text('/v/a'))).toBe(true)
    expect(store.get(text('/v/b'))).toBeUndefined()
    expect(store.has(text('/v/b'))).toBe(false)
  })

  test('validity is in seconds from now', async () => {
    const { clock, store } = await setUp()
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10_000 }), async (seconds) => {
        store.put(text('/v/a'), text('x'), seconds)
        await clock.advance(seconds * 1000 - 1)
        expect(store.has(text('/v/a'))).toBe(true)
        await clock.advance(1)
        expect(store.has(text('/v/a'))).toBe(false)
      }),
    )
  })

  test('validity 0 means the default of 48 hours', async () => {
    const { clock, store } = await setUp()
    store.put(text('/v/a'), text('x'))
    await clock.advance(48 * HOUR_MS - 1)
    expect(store.has(text('/v/a'))).toBe(true)
    await clock.advance(1)
    expect(store.get(text('/v/a'))).toBeUndefined()
  })

  test('cleanupExpired removes the expired and says how many', async () => {
    const { clock, store } = await setUp()
    store.put(text('/v/a'), text('x'), 1)
    store.put(text('/v/b'), text('x'), 1)
    store.put(text('/v/c'), text('x'), 2)
    await clock.advance(1000)
    expect(store.cleanupExpired()).toBe(2)
    expect(store.cleanupExpired()).toBe(0)
    expect(store.size()).toBe(1)
  })

  test('overwriting a key in a full store evicts nothing; a new key evicts the nearest to expiry', async () => {
    const { store } = await setUp({ maxEntries: 2 })
    store.put(text('/v/a'), text('x'), 10)
    store.put(text('/v/b'), text('x'), 20)
    store.put(text('/v/b'), text('y'), 20)
    expect(store.has(text('/v/a'))).toBe(true)
    store.put(text('/v/c'), text('x'), 30)
    expect(['/v/a', '/v/b', '/v/c'].map((key) => store.has(text(key)))).toEqual([false, true, true])
  })
})

describe('ProviderRecord', () => {
  test('carries the peer and a timestamp in seconds', async () => {
    const clock = new VirtualClock()
    const info = await newPeerInfo()
    const record = new ProviderRecord(info, undefined, clock)
    expect(record.timestamp).toBe(clock.now() / 1000)
    expect(new ProviderRecord(info, 12.5).timestamp).toBe(12.5)
    expect([record.peerId, record.addresses]).toEqual([info.id, info.multiaddrs])
  })

  test('expires at exactly 48 hours and asks for republishing after 22', async () => {
    const clock = new VirtualClock()
    const record = new ProviderRecord(await newPeerInfo(), undefined, clock)
    await clock.advance(22 * HOUR_MS)
    expect(record.shouldRepublish()).toBe(false)
    await clock.advance(1)
    expect(record.shouldRepublish()).toBe(true)
    await clock.advance(26 * HOUR_MS - 2)
    expect(record.isExpired()).toBe(false)
    await clock.advance(1)
    expect(record.isExpired()).toBe(true)
  })
})

describe('ProviderStore', () => {
  test('getProviders and getProvidedKeys give what addProvider added', async () => {
    const store = new ProviderStore({}, undefined, { clock: new VirtualClock() })
    const [ann, bob] = [await newPeerInfo(), await newPeerInfo()]
    store.addProvider(text('a'), ann)
    store.addProvider(text('a'), bob)
    store.addProvider(text('b'), ann)
    expect(store.getProviders(text('a'))).toEqual([ann, bob])
    expect(store.getProvidedKeys(ann.id)).toEqual([text('a'), text('b')])
    expect(store.getProvidedKeys(bob.id)).toEqual([text('a')])
    expect(store.getProviders(text('c'))).toEqual([])
  })

  test('addresses are kept 24 hours, the record 48; neither is served at its very end', async () => {
    const clock = new VirtualClock()
    const store = new ProviderStore({}, undefined, { clock })
    const ann = await newPeerInfo()
    store.addProvider(text('a'), ann)
    await clock.advance(24 * HOUR_MS)
    expect(store.getProviders(text('a'))).toEqual([{ id: ann.id, multiaddrs: [] }])
    await clock.advance(24 * HOUR_MS)
    expect(store.getProviders(text('a'))).toEqual([])
    expect(store.getProvidedKeys(ann.id)).toEqual([])
    expect(store.cleanupExpired()).toBe(1)
    expect(store.size()).toBe(0)
  })

  test('at its cap the provider heard longest ago leaves', async () => {
    const store = new ProviderStore({}, undefined, { clock: new VirtualClock(), maxProvidersPerKey: 2 })
    const [ann, bob, cid] = [await newPeerInfo(), await newPeerInfo(), await newPeerInfo()]
    for (const provider of [ann, bob, ann, cid]) store.addProvider(text('a'), provider)
    expect(store.getProviders(text('a')).map(({ id }) => id)).toEqual([ann.id, cid.id])
  })

  test('findProviders joins local and found providers, and stores nothing it was told', async () => {
    const [ann, bob, cid] = [await newPeerInfo(), await newPeerInfo(), await newPeerInfo()]
    const store = new ProviderStore(
      {},
      { findProviders: async () => [ann, bob, cid] },
      { clock: new VirtualClock() },
    )
    store.addProvider(text('a'), ann)
    expect(await store.findProviders(text('a'))).toEqual([ann, bob, cid])
    expect(await store.findProviders(text('a'), 2)).toEqual([ann, bob])
    expect(store.getProviders(text('a'))).toEqual([ann])
  })

  test('findProviders without routing gives the local ones', async () => {
    const store = new ProviderStore({}, undefined, { clock: new VirtualClock() })
    const ann = await newPeerInfo()
    store.addProvider(text('a'), ann)
    expect(await store.findProviders(text('a'))).toEqual([ann])
  })
})
