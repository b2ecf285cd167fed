import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { persistentPeerStore } from '@libp2p/peer-store'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryDatastore } from 'datastore-core'
import { TypedEventEmitter } from 'main-event'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { silentLogger } from '../../../src/main/node/silent-logger.ts'
import { skipIdleWrites } from '../../../src/main/node/steady-peer-store.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

const newId = async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))

let self: PeerId
let peer: PeerId
beforeEach(async () => {
  self = await newId()
  peer = await newId()
})

function setUp() {
  const datastore = new MemoryDatastore()
  const events = new TypedEventEmitter()
  const store = persistentPeerStore({ peerId: self, datastore, events, logger: silentLogger() })
  const merged = vi.spyOn(store, 'merge')
  const clock = new VirtualClock()
  skipIdleWrites(store, () => clock.monotonic())
  return { store, merged, clock }
}

describe('skipIdleWrites', () => {
  test('a protocol the peer is known to speak costs no write, a new one does', async () => {
    const { store, merged } = setUp()
    await store.merge(peer, { protocols: ['/a', '/b'] })
    const same = await store.merge(peer, { protocols: ['/a'] })
    expect(merged).toHaveBeenCalledTimes(1)
    expect(same.protocols).toEqual(['/a', '/b'])
    await store.merge(peer, { protocols: ['/c'] })
    expect((await store.get(peer)).protocols).toEqual(['/a', '/b', '/c'])
  })

  test('anything but protocols is written', async () => {
    const { store } = setUp()
    await store.merge(peer, { protocols: ['/a'] })
    const address = multiaddr('/ip4/127.0.0.1/tcp/1')
    await store.merge(peer, { protocols: ['/a'], multiaddrs: [address] })
    expect((await store.get(peer)).addresses.map((a) => a.multiaddr.toString())).toEqual([String(address)])
  })

  test('a record is looked at again after a while, so that it does not expire under a peer that is about', async () => {
    const { store, merged, clock } = setUp()
    await store.merge(peer, { protocols: ['/a'] })
    await clock.advance(5 * 60_000)
    await store.merge(peer, { protocols: ['/a'] })
    expect(merged).toHaveBeenCalledTimes(1)
    await clock.advance(1)
    await store.merge(peer, { protocols: ['/a'] })
    expect(merged).toHaveBeenCalledTimes(2)
  })

  test('after a deletion the next protocol is written again', async () => {
    const { store } = setUp()
    await store.merge(peer, { protocols: ['/a'] })
    await store.delete(peer)
    await store.merge(peer, { protocols: ['/a'] })
    expect(await store.has(peer)).toBe(true)
  })

  test('a dial that failed leaves no record of a peer nobody knows', async () => {
    const { store } = setUp()
    const failure = { metadata: { 'last-dial-failure': Uint8Array.of(1) } }
    expect((await store.merge(peer, failure)).addresses).toEqual([])
    expect(await store.has(peer)).toBe(false)
    await store.merge(peer, { protocols: ['/a'] })
    await store.merge(peer, failure)
    expect((await store.get(peer)).metadata.has('last-dial-failure')).toBe(true)
  })
})
