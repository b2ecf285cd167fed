import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_ADDRS_PER_PEER } from '../../../src/dht/wire/codec.ts'
import { multihashes } from '../wire/arbitraries.ts'
import { address, madeUpPeer, makeServer, message, put, text, wirePeer } from './server-world.ts'

const ids = (peers: { id: Uint8Array }[]) => peers.map(({ id }) => String(id))
const idsOf = (peers: { bytes: Uint8Array }[]) => peers.map(({ bytes }) => String(bytes))

describe('PING', () => {
  test('is answered with the same type and nothing else', async () => {
    const { ask } = await makeServer()
    const { outcome, replyBytes } = await ask(message('PING'))
    expect([outcome, [...(replyBytes ?? [])]]).toEqual(['ok', [0x08, 0x05]])
  })
})

describe('FIND_NODE', () => {
  test('gives the k nearest to sha256 of the key, nearest first, and echoes no key', async () => {
    const { nearest, replyTo } = await makeServer()
    await fc.assert(
      fc.asyncProperty(multihashes, async (key) => {
        const reply = await replyTo(message('FIND_NODE', { key }))
        expect(ids(reply.closerPeers)).toEqual(idsOf(nearest(key, 20)))
        expect(reply.key).toBeUndefined()
      }),
      { numRuns: 30 },
    )
  })

  test('asked for itself it names itself, and the k nearest besides', async () => {
    const { nearest, replyTo, self } = await makeServer()
    const { closerPeers } = await replyTo(message('FIND_NODE', { key: self.bytes }))
    expect(ids(closerPeers)).toEqual(idsOf([self, ...nearest(self.bytes, 20)]))
    expect(closerPeers[0]?.addrs).toEqual(self.addrs)
  })

  test('names the peer asked for first when it knows it, though it is not in the table', async () => {
    const { random } = await makeServer()
    const client = madeUpPeer(random)
    const { nearest, replyTo } = await makeServer({ known: [client] })
    const { closerPeers } = await replyTo(message('FIND_NODE', { key: client.bytes }))
    expect(ids(closerPeers)).toEqual(idsOf([client, ...nearest(client.bytes, 20)]))
  })

  test('the target is named once when it is in the table too', async () => {
    const { peers } = await makeServer()
    const target = peers[3]
    if (target === undefined) throw new Error('no peer')
    const { replyTo } = await makeServer({ known: [target] })
    const { closerPeers } = await replyTo(message('FIND_NODE', { key: target.bytes }))
    expect(ids(closerPeers)[0]).toBe(String(target.bytes))
    expect(new Set(ids(closerPeers)).size).toBe(closerPeers.length)
  })

  test('leaves out the requester and still gives k', async () => {
    const { nearest, peers, replyTo, requester, table } = await makeServer()
    table.peers.push(requester)
    const { closerPeers } = await replyTo(message('FIND_NODE', { key: requester.key }))
    expect(ids(closerPeers)).toEqual(idsOf(nearest(requester.key, 20, peers)))
  })

  test('leaves out peers without an address, and addresses the network does not hand on', async () => {
    const mixed = ['/ip4/10.0.0.1/tcp/1', '/ip4/8.8.8.8/tcp/2', '/ip4/127.0.0.1/tcp/3']
    const addrsOf = (i: number) => (i === 0 ? ['/ip4/10.1.1.1/tcp/1'] : i === 1 ? [] : mixed)
    const { replyTo } = await makeServer({ peers: 6, addrsOf })
    const { closerPeers } = await replyTo(message('FIND_NODE', { key: text('key') }))
    expect(closerPeers).toHaveLength(4)
    for (const peer of closerPeers) expect(peer.addrs).toEqual([address('/ip4/8.8.8.8/tcp/2')])
  })

  test('hands on at most 16 addresses of a peer', async () => {
    const addrsOf = () => Array.from({ length: 30 }, (_, i) => `/ip4/8.8.8.8/tcp/${i + 1}`)
    const { replyTo } = await makeServer({ peers: 1, addrsOf })
    const { closerPeers } = await replyTo(message('FIND_NODE', { key: text('key') }))
    expect(closerPeers[0]?.addrs).toHaveLength(MAX_ADDRS_PER_PEER)
  })

  test.each([
    ['no key', undefined],
    ['an empty key', 0],
    ['129 bytes', 129],
  ])('§8.9 a key of %s is refused', async (_name, length) => {
    const { ask } = await makeServer()
    const key = length === undefined ? {} : { key: new Uint8Array(length) }
    const { outcome, replyBytes } = await ask(message('FIND_NODE', key))
    expect([outcome, replyBytes]).toEqual(['rejected', undefined])
  })

  test('§8.9 any key of 1 to 128 bytes is answered', async () => {
    const { replyTo } = await makeServer({ peers: 3 })
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 128 }), async (key) => {
        expect((await replyTo(message('FIND_NODE', { key }))).closerPeers).toHaveLength(3)
      }),
      { numRuns: 30 },
    )
  })
})

describe('GET_VALUE', () => {
  test('gives the value held with the time it was put, the key and closer peers', async () => {
    const { ask, clock, nearest, replyTo } = await makeServer()
    const key = text('/n/a')
    const receivedAt = new Date(clock.now()).toISOString()
    await ask(put(key, Uint8Array.of(7)))
    await clock.advance(60_000)
    const reply = await replyTo(message('GET_VALUE', { key }))
    expect(reply.record).toEqual({ key, value: Uint8Array.of(7), timeReceived: receivedAt })
    expect(reply.key).toEqual(key)
    expect(ids(reply.closerPeers)).toEqual(idsOf(nearest(key, 20)))
  })

  test('without a value gives the key and closer peers', async () => {
    const { replyTo } = await makeServer()
    const reply = await replyTo(message('GET_VALUE', { key: text('/n/none') }))
    expect(reply.record).toBeUndefined()
    expect(reply.key).toEqual(text('/n/none'))
    expect(reply.closerPeers).toHaveLength(20)
  })

  test('never gives an expired value', async () => {
    const { ask, clock, replyTo } = await makeServer()
    await ask(put(text('/n/a'), Uint8Array.of(7)))
    await clock.advance(48 * 3_600_000)
    expect((await replyTo(message('GET_VALUE', { key: text('/n/a') }))).record).toBeUndefined()
  })

  test.each([0, 129])('§8.9 a key of %d bytes is refused', async (length) => {
    const { ask } = await makeServer()
    expect((await ask(message('GET_VALUE', { key: new Uint8Array(length) }))).outcome).toBe('rejected')
  })

  test('is refused when values are disabled', async () => {
    const { ask } = await makeServer({ settings: { enableValues: false } })
    expect(await ask(message('GET_VALUE', { key: text('/n/a') }))).toMatchObject({ outcome: 'rejected' })
  })
})

describe('GET_PROVIDERS', () => {
  test('gives the providers, most recent first, the key and closer peers', async () => {
    const { ask, clock, nearest, random, replyTo } = await makeServer()
    const [ann, bob] = [madeUpPeer(random), madeUpPeer(random)]
    const key = text('content')
    for (const provider of [ann, bob]) {
      await ask(message('ADD_PROVIDER', { key, providerPeers: [wirePeer(provider)] }), provider)
      await clock.advance(1)
    }
    const reply = await replyTo(message('GET_PROVIDERS', { key }))
    expect(reply.providerPeers).toEqual([wirePeer(bob), wirePeer(ann)])
    expect(reply.key).toEqual(key)
    expect(ids(reply.closerPeers)).toEqual(idsOf(nearest(key, 20)))
  })

  test('names ourselves with the addresses of now', async () => {
    const { clock, providers, replyTo, self } = await makeServer()
    const expiresAt = clock.now() + 1000
    await providers.put({
      key: text('content'),
      provider: self.id,
      providerBytes: self.bytes,
      addrs: [],
      receivedAt: clock.now(),
      addrsExpireAt: expiresAt,
      expiresAt,
    })
    const reply = await replyTo(message('GET_PROVIDERS', { key: text('content') }))
    expect(reply.providerPeers[0]?.addrs).toEqual(self.addrs)
  })

  test.each([0, 81])('§8.9 a key of %d bytes is refused', async (length) => {
    const { ask } = await makeServer()
    expect((await ask(message('GET_PROVIDERS', { key: new Uint8Array(length) }))).outcome).toBe('rejected')
  })

  test('is refused when providers are disabled', async () => {
    const { ask } = await makeServer({ settings: { enableProviders: false } })
    expect((await ask(message('GET_PROVIDERS', { key: text('content') }))).outcome).toBe('rejected')
  })
})

describe('reply size', () => {
  const manyAddrs = () =>
    Array.from({ length: 16 }, (_, i) => `/dns4/${'x'.repeat(150)}${i}.example/tcp/4001/wss`)

  test('§8.6 stays within 16 KiB by dropping trailing addresses, and keeps every peer', async () => {
    const { ask, replyTo } = await makeServer({ addrsOf: manyAddrs })
    const request = message('FIND_NODE', { key: text('key') })
    expect((await ask(request)).replyBytes?.length).toBeLessThanOrEqual(16 * 1024)
    const { closerPeers } = await replyTo(request)
    expect(closerPeers).toHaveLength(20)
    const all = manyAddrs().map(address)
    for (const { addrs } of closerPeers) expect(addrs).toEqual(all.slice(0, addrs.length))
    expect(closerPeers[0]?.addrs.length).toBeGreaterThan(0)
  })

  test('drops the last providers, and closer peers after them, only when addresses are not enough', async () => {
    const { ask, nearest, random, replyTo } = await makeServer({ addrsOf: manyAddrs })
    const key = text('content')
    for (let i = 0; i < 100; i++) {
      const provider = madeUpPeer(random, manyAddrs())
      await ask(message('ADD_PROVIDER', { key, providerPeers: [wirePeer(provider)] }), provider)
    }
    const { replyBytes } = await ask(message('GET_PROVIDERS', { key }))
    expect(replyBytes?.length).toBeLessThanOrEqual(16 * 1024)
    const reply = await replyTo(message('GET_PROVIDERS', { key }))
    expect(reply.providerPeers.length).toBeGreaterThan(20)
    expect(reply.providerPeers.length).toBeLessThan(100)
    expect(reply.providerPeers.every(({ addrs }) => addrs.length === 1)).toBe(true)
    expect(ids(reply.closerPeers)).toEqual(idsOf(nearest(key, 20)))
  })

  test('the longer list loses first, so that few providers outlast many closer peers', async () => {
    const { ask, random, replyTo } = await makeServer({ settings: { maxReplySizeBytes: 600 } })
    const key = text('content')
    for (let i = 0; i < 4; i++) {
      const provider = madeUpPeer(random)
      await ask(message('ADD_PROVIDER', { key, providerPeers: [wirePeer(provider)] }), provider)
    }
    const { closerPeers, providerPeers } = await replyTo(message('GET_PROVIDERS', { key }))
    expect(providerPeers).toHaveLength(4)
    expect(closerPeers.length).toBeGreaterThan(0)
    expect(closerPeers.length).toBeLessThan(20)
  })

  test('a large record is sent whole, with closer peers', async () => {
    const { ask, replyTo } = await makeServer()
    const value = new Uint8Array(60 * 1024).fill(1)
    await ask(put(text('/n/large'), value))
    const reply = await replyTo(message('GET_VALUE', { key: text('/n/large') }))
    expect(reply.record?.value).toEqual(value)
    expect(reply.closerPeers).toHaveLength(20)
  })
})
