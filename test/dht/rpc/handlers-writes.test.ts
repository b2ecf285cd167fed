import { generateKeyPair } from '@libp2p/crypto/keys'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ipnsKey, makeIpnsRecord } from '../../../src/dht/records/ipns.ts'
import { NamespacedValidator } from '../../../src/dht/records/namespaced-validator.ts'
import {
  address,
  largestByte,
  madeUpPeer,
  makeServer,
  message,
  publicKeyRecord,
  put,
  text,
  wirePeer,
} from './server-world.ts'

const HOUR_MS = 3_600_000
const rejected = { outcome: 'rejected' } as const

describe('PUT_VALUE', () => {
  test('stores, and echoes type, key and record as it came', async () => {
    const { ask, clock, replyTo, requester, values } = await makeServer()
    const { key, value } = await publicKeyRecord()
    const request = put(key, value)
    expect(await replyTo(request)).toEqual({ ...request, closerPeers: [], providerPeers: [] })
    expect(await values.get(key)).toEqual({
      key,
      value,
      receivedAt: clock.now(),
      expiresAt: clock.now() + 48 * HOUR_MS,
      publisher: requester.id,
    })
    expect((await ask(request)).outcome).toBe('ok')
  })

  test('stamps its own time, whatever the sender wrote', async () => {
    const { ask, clock, replyTo } = await makeServer()
    const request = put(text('/n/a'), Uint8Array.of(1))
    await ask({
      ...request,
      record: { key: text('/n/a'), value: Uint8Array.of(1), timeReceived: '2099-01-01T00:00:00Z' },
    })
    const { record } = await replyTo(message('GET_VALUE', { key: text('/n/a') }))
    expect(record?.timeReceived).toBe(new Date(clock.now()).toISOString())
  })

  test('a record for another key is refused', async () => {
    const { ask, values } = await makeServer()
    expect(await ask(put(text('/n/a'), Uint8Array.of(1), text('/n/b')))).toMatchObject(rejected)
    expect(await values.list()).toEqual([])
  })

  test('a request without record is refused, never read as an empty one', async () => {
    const { ask } = await makeServer()
    expect(await ask(message('PUT_VALUE', { key: text('/n/a') }))).toMatchObject(rejected)
  })

  test('§8.25 no refusal is answered with a record-less message', async () => {
    const { ask } = await makeServer()
    const requests = [
      put(text('/n/a'), Uint8Array.of(255)),
      put(text('/unknown/a'), Uint8Array.of(1)),
      put(text('/n/a'), Uint8Array.of(1), text('/n/b')),
      put(text('/n/a'), new Uint8Array(64 * 1024 + 1)),
      message('PUT_VALUE', { key: text('/n/a') }),
      message('PUT_VALUE'),
    ]
    for (const request of requests) {
      const { outcome, replyBytes } = await ask(request)
      expect([outcome === 'ok', replyBytes]).toEqual([false, undefined])
    }
  })

  test.each([0, 129])('§8.9 a key of %d bytes is refused', async (length) => {
    const { ask } = await makeServer()
    expect(await ask(put(new Uint8Array(length), Uint8Array.of(1)))).toMatchObject(rejected)
  })

  test('§8.11 a value above 64 KiB is refused before any validator sees it', async () => {
    const seen: number[] = []
    const counting = {
      ...largestByte,
      validate: (_key: Uint8Array, value: Uint8Array) => void seen.push(value.length),
    }
    const { ask } = await makeServer({ validator: new NamespacedValidator({ n: counting }) })
    expect(await ask(put(text('/n/a'), new Uint8Array(64 * 1024 + 1)))).toMatchObject(rejected)
    expect(await ask(put(text('/n/a'), new Uint8Array(64 * 1024)))).toMatchObject({ outcome: 'ok' })
    expect(seen).toEqual([64 * 1024])
  })

  test('§8.12 an unknown namespace and a plain key are refused, even by a validator that is not strict', async () => {
    const validator = new NamespacedValidator({ n: largestByte }, { strictValidation: false })
    const { ask } = await makeServer({ validator })
    expect(await ask(put(text('/other/a'), Uint8Array.of(1)))).toMatchObject(rejected)
    expect(await ask(put(text('plain'), Uint8Array.of(1)))).toMatchObject(rejected)
  })

  test('a network with plain keys accepts them', async () => {
    const validator = new NamespacedValidator({}, { strictValidation: false })
    const { ask } = await makeServer({ validator, settings: { requireNamespace: false } })
    expect(await ask(put(text('plain'), Uint8Array.of(1)))).toMatchObject({ outcome: 'ok' })
  })

  test('what the validator refuses is refused with its reason, and shown', async () => {
    const { ask, eventsOf, requester } = await makeServer()
    const { outcome, reason } = await ask(put(text('/n/a'), Uint8Array.of(255)))
    expect([outcome, reason]).toEqual(['rejected', 'The value was refused: 255 is not allowed.'])
    expect(eventsOf('record:refused')).toMatchObject([{ from: requester.id, reason: '255 is not allowed.' }])
  })

  test('§8.13 an older value never replaces a newer one', async () => {
    const { ask, values } = await makeServer()
    await ask(put(text('/n/a'), Uint8Array.of(9)))
    expect(await ask(put(text('/n/a'), Uint8Array.of(8)))).toMatchObject({
      ...rejected,
      reason: 'A newer value is held.',
    })
    expect((await values.get(text('/n/a')))?.value).toEqual(Uint8Array.of(9))
    expect(await ask(put(text('/n/a'), Uint8Array.of(10)))).toMatchObject({ outcome: 'ok' })
  })

  test('an equal value is accepted and refreshes the time', async () => {
    const { ask, clock, values } = await makeServer()
    await ask(put(text('/n/a'), Uint8Array.of(9)))
    await clock.advance(HOUR_MS)
    expect(await ask(put(text('/n/a'), Uint8Array.of(9)))).toMatchObject({ outcome: 'ok' })
    expect((await values.get(text('/n/a')))?.expiresAt).toBe(clock.now() + 48 * HOUR_MS)
  })

  test('a held value that has become invalid loses to a valid one', async () => {
    const { ask, validator, values } = await makeServer()
    await ask(put(text('/n/a'), Uint8Array.of(9)))
    validator.addValidator('n', {
      ...largestByte,
      validate: (_key, value) => {
        if ((value[0] ?? 0) > 5) throw new Error('above 5')
      },
    })
    expect(await ask(put(text('/n/a'), Uint8Array.of(1)))).toMatchObject({ outcome: 'ok' })
    expect((await values.get(text('/n/a')))?.value).toEqual(Uint8Array.of(1))
  })

  test('§8.13 racing puts of one key leave the newest, whatever the order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(254), { minLength: 2, maxLength: 30 }), async (numbers) => {
        const { ask, replyTo } = await makeServer({ peers: 1 })
        const results = await Promise.all(
          numbers.map((number) => ask(put(text('/n/a'), Uint8Array.of(number)))),
        )
        const { record } = await replyTo(message('GET_VALUE', { key: text('/n/a') }))
        expect(record?.value).toEqual(Uint8Array.of(Math.max(...numbers)))
        expect(results.some(({ outcome }) => outcome === 'ok')).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('an IPNS record is kept no longer than it is valid', async () => {
    const { ask, clock, values } = await makeServer()
    const privateKey = await generateKeyPair('Ed25519')
    const key = ipnsKey(privateKey.publicKey.toMultihash().bytes)
    const expiresAtMs = clock.now() + HOUR_MS
    const record = await makeIpnsRecord(privateKey, '/ipfs/bafkqaaa', { expiresAtMs })
    expect(await ask(put(key, record))).toMatchObject({ outcome: 'ok' })
    expect((await values.get(key))?.expiresAt).toBe(expiresAtMs)
    await clock.advance(HOUR_MS)
    expect(await values.get(key)).toBeUndefined()
    expect(await ask(put(key, record))).toMatchObject(rejected)
  })

  test('is refused when values are disabled', async () => {
    const { ask } = await makeServer({ settings: { enableValues: false } })
    expect(await ask(put(text('/n/a'), Uint8Array.of(1)))).toMatchObject(rejected)
  })

  test('a validator that throws something odd refuses, and the node goes on', async () => {
    const odd = () => {
      // biome-ignore lint/style/useThrowOnlyError: a user's validator may do just this
      throw null
    }
    const { ask } = await makeServer({
      validator: new NamespacedValidator({ n: { validate: odd, select: odd } }),
    })
    expect(await ask(put(text('/n/a'), Uint8Array.of(1)))).toMatchObject({
      ...rejected,
      reason: expect.stringContaining('null'),
    })
  })

  test('a failing store is our own error, and no acknowledgement', async () => {
    const { ask, values } = await makeServer()
    values.put = async () => {
      throw new Error('disk full')
    }
    const { outcome, reason, replyBytes } = await ask(put(text('/n/a'), Uint8Array.of(1)))
    expect([outcome, reason, replyBytes]).toEqual(['error', 'disk full', undefined])
  })
})

describe('ADD_PROVIDER', () => {
  const key = text('content')

  test('stores the sender with its addresses and sends no acknowledgement', async () => {
    const { ask, clock, providers, requester } = await makeServer()
    const handled = await ask(message('ADD_PROVIDER', { key, providerPeers: [wirePeer(requester)] }))
    expect(handled).toMatchObject({ outcome: 'ok' })
    expect(handled.replyBytes).toBeUndefined()
    expect(await providers.get(key)).toEqual([
      {
        key,
        provider: requester.id,
        providerBytes: requester.bytes,
        addrs: requester.addrs,
        receivedAt: clock.now(),
        addrsExpireAt: clock.now() + 24 * HOUR_MS,
        expiresAt: clock.now() + 48 * HOUR_MS,
      },
    ])
  })

  test('acknowledges only a request that carried a signed peer record', async () => {
    const { replyTo, requester } = await makeServer()
    const request = { key, providerPeers: [wirePeer(requester)], senderRecord: text('envelope') }
    const reply = await replyTo(message('ADD_PROVIDER', request))
    expect(reply).toEqual(message('ADD_PROVIDER', { key }))
  })

  test('acknowledges nothing it did not store', async () => {
    const { ask, random } = await makeServer()
    const request = { key, providerPeers: [wirePeer(madeUpPeer(random))], senderRecord: text('envelope') }
    const handled = await ask(message('ADD_PROVIDER', request))
    expect([handled.outcome, handled.replyBytes]).toEqual(['rejected', undefined])
  })

  test('§8.16 a provider that is not the sender is ignored, and shown', async () => {
    const { ask, eventsOf, providers, random, requester } = await makeServer()
    const other = madeUpPeer(random)
    await ask(message('ADD_PROVIDER', { key, providerPeers: [wirePeer(other), wirePeer(requester)] }))
    expect((await providers.get(key)).map(({ provider }) => provider)).toEqual([requester.id])
    expect(eventsOf('provider:refused')).toMatchObject([{ provider: other.id }])
  })

  test('§8.16 entries past the twentieth are not looked at', async () => {
    const { ask, providers, random, requester } = await makeServer()
    const others = Array.from({ length: 20 }, () => wirePeer(madeUpPeer(random)))
    const handled = await ask(
      message('ADD_PROVIDER', { key, providerPeers: [...others, wirePeer(requester)] }),
    )
    expect(handled.outcome).toBe('rejected')
    expect(await providers.get(key)).toEqual([])
  })

  test('a provider without an address others may dial is refused', async () => {
    const { ask, requester } = await makeServer()
    for (const addrs of [[], [address('/ip4/10.0.0.1/tcp/1')]]) {
      const providerPeers = [wirePeer(requester, addrs)]
      expect(await ask(message('ADD_PROVIDER', { key, providerPeers }))).toMatchObject(rejected)
    }
  })

  test('keeps at most 16 addresses, none that is private', async () => {
    const { ask, providers, requester } = await makeServer()
    const addrs = Array.from({ length: 15 }, (_, i) => address(`/ip4/8.8.8.8/tcp/${i + 1}`))
    const hidden = address('/ip4/10.0.0.1/tcp/1')
    await ask(
      message('ADD_PROVIDER', { key, providerPeers: [wirePeer(requester, [hidden, ...addrs, ...addrs])] }),
    )
    expect((await providers.get(key))[0]?.addrs).toEqual(addrs)
  })

  test.each([0, 81])('§8.9 a key of %d bytes is refused', async (length) => {
    const { ask, requester } = await makeServer()
    const providerPeers = [wirePeer(requester)]
    expect(await ask(message('ADD_PROVIDER', { key: new Uint8Array(length), providerPeers }))).toMatchObject(
      rejected,
    )
  })

  test('is refused when providers are disabled', async () => {
    const { ask, requester } = await makeServer({ settings: { enableProviders: false } })
    expect(await ask(message('ADD_PROVIDER', { key, providerPeers: [wirePeer(requester)] }))).toMatchObject(
      rejected,
    )
  })
})
