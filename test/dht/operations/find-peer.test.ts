import { describe, expect, test } from 'vitest'
import { findPeer } from '../../../src/dht/operations/find-peer.ts'
import type { Peer } from '../../../src/dht/peer.ts'
import { madeUpPeer } from '../../../src/sim/made-up-peers.ts'
import { TestWorld } from './network-world.ts'

/** The server nearest to `peer` that is not it. */
function neighbour({ world }: TestWorld, peer: Peer): Peer {
  const other = world.closestLive(peer.key, 5).find(({ id }) => id !== peer.id)
  if (other === undefined) throw new Error('no neighbour')
  return other
}

/** Makes a server name `peer` in every reply. */
function nameIn(test: TestWorld, at: Peer, peer: Peer, addrs = peer.addrs) {
  test.lieAt(at, (request, honest) => {
    const reply = honest ?? request
    const entry = { id: peer.bytes, addrs: [...addrs], connection: 0 }
    return { ...reply, closerPeers: [entry, ...reply.closerPeers] }
  })
}

describe('findPeer', () => {
  test('finds a server it has never met, and stops when it is reached', async () => {
    const test = new TestWorld()
    const wanted = test.world.live.peers[50]
    if (wanted === undefined) throw new Error('no peer')
    const result = await test.run(findPeer(test.client, wanted.bytes))
    expect(result.peer).toMatchObject({ id: wanted.id, addrs: wanted.addrs })
    expect(result.isVerified).toBe(true)
    expect(result.reason).toBe('stopped')
  })

  test('finds a client that serves nothing', async () => {
    const test = new TestWorld()
    const wanted = test.world.add(madeUpPeer(test.world.random), 'client').peer
    nameIn(test, neighbour(test, wanted), wanted)
    const result = await test.run(findPeer(test.client, wanted.bytes))
    expect(result.peer?.addrs).toEqual(wanted.addrs)
    expect(result.isVerified).toBe(true)
    expect(result.closest.map(({ id }) => id)).not.toContain(wanted.id)
  })

  test('a named address where nobody is reached is given as unverified, after the lookup went to its end', async () => {
    const test = new TestWorld()
    const wanted = madeUpPeer(test.world.random)
    const liar = neighbour(test, wanted)
    nameIn(test, liar, wanted)
    const result = await test.run(findPeer(test.client, wanted.bytes))
    expect(result).toMatchObject({ isVerified: false, namedBy: [liar.id], peer: { id: wanted.id } })
    expect(result.reason).toBe('converged')
  })

  test('a peer nobody knows is not found', async () => {
    const test = new TestWorld()
    const result = await test.run(findPeer(test.client, madeUpPeer(test.world.random).bytes))
    expect(result.peer).toBeUndefined()
    expect(test.eventsOf('operation:ended')[0]?.result).toBe('not found')
  })

  test('a connected peer, and the node itself, are known without asking anybody', async () => {
    const test = new TestWorld()
    const wanted = test.world.live.peers[50]
    if (wanted === undefined) throw new Error('no peer')
    await test.run(findPeer(test.client, wanted.bytes))
    const sentBefore = test.eventsOf('rpc:sent').length
    const again = await test.run(findPeer(test.client, wanted.bytes))
    const self = await test.run(findPeer(test.client, test.client.network.self.bytes))
    expect([again.reason, self.reason]).toEqual(['local', 'local'])
    expect(self.peer?.id).toBe(test.client.network.self.id)
    expect(test.eventsOf('rpc:sent')).toHaveLength(sentBefore)
  })
})
