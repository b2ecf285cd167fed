// What other servers answer can neither send a lookup astray nor hold it (docs/protocol.md §8, 18, 22, 23).
import type { Stream } from '@libp2p/interface'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { publicAddressesOnly } from '../../../src/dht/address-filter.ts'
import { DHTMode, type PeerInfo } from '../../../src/dht/index.ts'
import { peerFromInfo } from '../../../src/dht/peer.ts'
import { encodeMessage } from '../../../src/dht/wire/codec.ts'
import { frame } from '../../../src/dht/wire/framing.ts'
import type { WirePeer } from '../../../src/dht/wire/message.ts'
import { SeededRandom } from '../../../src/sim/seeded-random.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'
import { type LoopbackHost, makeHost, Swarm } from '../loopback.ts'
import { nextMessage, PROTOCOL, sendMessage } from '../rpc/raw-streams.ts'
import { address, madeUpPeer, message, text, wirePeer } from '../rpc/server-world.ts'

const key = text('key')

/** Hosts that misbehave on the protocol; `await using` ends them. */
class Rogues implements AsyncDisposable {
  readonly #hosts: LoopbackHost[] = []

  async add(answer: (stream: Stream) => void | Promise<void>): Promise<PeerInfo> {
    const host = await makeHost()
    this.#hosts.push(host)
    await host.handle(PROTOCOL, answer)
    return { id: host.peerId, multiaddrs: host.getMultiaddrs() }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.stop()))
  }
}

function naming(closerPeers: WirePeer[]) {
  return async (stream: Stream) => {
    const request = await nextMessage(stream)
    sendMessage(stream, { ...message('FIND_NODE'), type: request.type, closerPeers })
    await stream.close()
  }
}

test('§8.18 on the public network no gossiped private, local or relayed address is dialled', async () => {
  const relay = '/ip4/8.8.8.8/tcp/1/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA/p2p-circuit'
  const hidden = [
    '/ip4/127.0.0.1/tcp/1',
    '/ip4/10.0.0.1/tcp/1',
    '/ip4/169.254.1.1/tcp/1',
    '/ip6/fe80::1/tcp/1',
    relay,
  ]
  const random = new SeededRandom('gossip')
  const gossip = hidden.map((text) => wirePeer(madeUpPeer(random, [text])))
  const mixed = wirePeer(madeUpPeer(random, [...hidden, '/ip4/9.9.9.9/tcp/1']))
  await using rogues = new Rogues()
  const liar = await rogues.add(naming([...gossip, mixed]))
  await using swarm = new Swarm({ addressFilter: publicAddressesOnly, maintainTable: false })
  const node = await swarm.add(DHTMode.CLIENT)
  await node.host.dial(liar.multiaddrs)
  const dialled: string[] = []
  node.host.dial = (target) => {
    dialled.push(...[target].flat().map(String))
    return Promise.reject(new Error('Nobody is dialled in this test.'))
  }
  await node.dht.operations.closestPeers(key, { seeds: [peerFromInfo(liar)] }).result.catch(() => {})
  expect(dialled).toHaveLength(1)
  expect(dialled[0]).toMatch(/^\/ip4\/9\.9\.9\.9\/tcp\/1\/p2p\//)
})

test('§8.18 of IPv4, exactly what is routed publicly passes the filter, and nothing behind a relay', () => {
  const special =
    /^(0|10|127|22[4-9]|2[3-5]\d)\.|^169\.254\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./
  fc.assert(
    fc.property(fc.ipV4(), (ip) => {
      expect(publicAddressesOnly(address(`/ip4/${ip}/tcp/4001`))).toBe(!special.test(ip))
      expect(publicAddressesOnly(address(`/ip4/${ip}/tcp/4001/p2p-circuit`))).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('§8.22 a server that names 10,000 made-up peers each time is asked like any other, and no more', async () => {
  const random = new SeededRandom('crowd')
  const nowhere = address('/ip4/127.0.0.1/tcp/1')
  const closerPeers = Array.from({ length: 10_000 }, () => {
    return { id: Uint8Array.from([0x12, 0x20, ...random.bytes(32)]), addrs: [nowhere], connection: 0 }
  })
  const lie = frame(encodeMessage(message('FIND_NODE', { closerPeers })))
  await using rogues = new Rogues()
  const liars = await Promise.all(
    Array.from({ length: 3 }, () =>
      rogues.add(async (stream) => {
        await nextMessage(stream)
        stream.send(lie)
        await stream.close()
      }),
    ),
  )
  await using swarm = new Swarm({ maintainTable: false })
  const node = await swarm.add(DHTMode.CLIENT)
  const { result } = node.dht.operations.closestPeers(key, { seeds: liars.map(peerFromInfo) })
  const { peers, counts } = await result
  const liarIds = liars.map(({ id }) => String(id))
  expect(peers.filter(({ id }) => !liarIds.includes(id))).toEqual([])
  // Each may name 40 that we take up; all of them refuse the dial.
  expect(counts.asked).toBeLessThanOrEqual(3 + 3 * 40)
  expect(node.dht.getRoutingTableSize()).toBeLessThanOrEqual(liars.length)
})

test('§8.23 among silent and resetting peers a lookup finds the honest, and ends long before their timeouts', async () => {
  const clock = new VirtualClock()
  await using rogues = new Rogues()
  await using swarm = new Swarm({ clock, maintainTable: false })
  const honest = await Promise.all(Array.from({ length: 3 }, () => swarm.add(DHTMode.SERVER)))
  const silent = await Promise.all(Array.from({ length: 4 }, () => rogues.add(() => {})))
  const resetting = await Promise.all(
    Array.from({ length: 4 }, () => rogues.add((stream) => stream.abort(new Error('no')))),
  )
  const node = await swarm.add(DHTMode.CLIENT)
  const infos = honest.map(({ host }) => ({ id: host.peerId, multiaddrs: host.getMultiaddrs() }))
  const everybody = [...infos, ...silent, ...resetting]
  // Connected beforehand: what a dial takes is real time, which the clock of this test does not tell.
  for (const { multiaddrs } of everybody) await node.host.dial(multiaddrs)
  const { result } = node.dht.operations.closestPeers(key, { seeds: everybody.map(peerFromInfo) })
  const answered = new Promise<void>((resolve) => {
    let replies = 0
    node.dht.subscribe(({ type }) => {
      if (type === 'rpc:replied' && ++replies === honest.length) resolve()
    })
  })
  await answered
  const startedMs = clock.monotonic()
  const { peers } = await clock.runUntil(result)
  expect(new Set(peers.map(({ id }) => id))).toEqual(new Set(infos.map(({ id }) => String(id))))
  expect(clock.monotonic() - startedMs).toBeLessThan(5_000)
})
