import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Envelopes } from '../../../src/dht/rpc/handlers/handler.ts'
import { RequestLimits } from '../../../src/dht/rpc/limits.ts'
import { encodeMessage } from '../../../src/dht/wire/codec.ts'
import { messages } from '../wire/arbitraries.ts'
import { makeServer, message, put, text, wirePeer } from './server-world.ts'

describe('every request', () => {
  test('is published once, with sizes, bytes and outcome', async () => {
    const { ask, eventsOf, requester } = await makeServer()
    const request = message('FIND_NODE', { key: text('key') })
    const { replyBytes } = await ask(request)
    await ask(put(text('/n/a'), Uint8Array.of(255)))
    expect(eventsOf('rpc:inbound')).toMatchObject([
      {
        rpcId: 1,
        peer: requester.id,
        peerKey: requester.key,
        messageType: 'FIND_NODE',
        key: text('key'),
        outcome: 'ok',
        requestSizeBytes: encodeMessage(request).length,
        replySizeBytes: replyBytes?.length,
        requestBytes: encodeMessage(request),
        replyBytes,
      },
      {
        rpcId: 2,
        messageType: 'PUT_VALUE',
        outcome: 'rejected',
        replySizeBytes: 0,
        reason: expect.any(String),
      },
    ])
  })

  test('§8.7 whatever its bytes, ends in one event and no throw', async () => {
    const { eventsOf, handlers, requester } = await makeServer({ peers: 2 })
    const mutated = fc
      .tuple(messages, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
      .map(([whole, changes]) => {
        const bytes = encodeMessage(whole).slice()
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value
        return bytes
      })
    let asked = 0
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), async (bytes) => {
        asked++
        const { outcome, replyBytes } = await handlers.handle(requester, bytes)
        expect(outcome).not.toBe('error')
        expect(outcome === 'ok' || replyBytes === undefined).toBe(true)
      }),
      { numRuns: 1000 },
    )
    expect(eventsOf('rpc:inbound')).toHaveLength(asked)
  })

  test('§8.8 an empty message is malformed', async () => {
    const { eventsOf, handlers, requester } = await makeServer()
    expect(await handlers.handle(requester, new Uint8Array())).toMatchObject({
      outcome: 'malformed',
      messageType: 'UNKNOWN',
    })
    expect(eventsOf('rpc:inbound')).toMatchObject([{ messageType: 'UNKNOWN', outcome: 'malformed' }])
  })

  test('of an unknown type is malformed', async () => {
    const { handlers, requester } = await makeServer()
    expect(await handlers.handle(requester, Uint8Array.of(0x08, 0x06))).toMatchObject({
      outcome: 'malformed',
    })
  })

  test('larger than any honest one is refused unread', async () => {
    const { handlers, requester } = await makeServer()
    const handled = await handlers.handle(requester, new Uint8Array(256 * 1024 + 1))
    expect(handled).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('262145 bytes') })
  })

  test('what never became a message can be published too', async () => {
    const { eventsOf, handlers, requester } = await makeServer()
    handlers.refuse(requester, 'malformed', 'The frame is empty.', 1)
    expect(eventsOf('rpc:inbound')).toMatchObject([
      { outcome: 'malformed', reason: 'The frame is empty.', requestSizeBytes: 1 },
    ])
  })
})

describe('limits', () => {
  async function limitedServer(burst: number) {
    const limit = { perSecond: 1, burst }
    const base = await makeServer()
    const limits = new RequestLimits({
      clock: base.clock,
      publish: (event) => void base.events.push(event),
      rates: { FIND_NODE: limit, PUT_VALUE: limit },
    })
    return { ...base, ...(await makeServer({ limits })), limits }
  }

  test('a peer over its limit is refused, others and other types are not', async () => {
    const { ask, peers } = await limitedServer(2)
    const find = message('FIND_NODE', { key: text('key') })
    const outcomes = [await ask(find), await ask(find), await ask(find), await ask(message('PING'))]
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'limited', 'ok'])
    expect((await ask(find, peers[0])).outcome).toBe('ok')
  })

  test('§8.5 no validator runs for a peer over its limit', async () => {
    const { ask, eventsOf } = await limitedServer(1)
    await ask(put(text('/n/a'), Uint8Array.of(255)))
    const { outcome, replyBytes } = await ask(put(text('/n/a'), Uint8Array.of(255)))
    expect([outcome, replyBytes]).toEqual(['limited', undefined])
    expect(eventsOf('record:refused')).toHaveLength(1)
    expect(eventsOf('rpc:inbound').at(-1)).not.toHaveProperty('requestBytes')
  })

  test('§8.5 a type hidden behind another is limited as what it is', async () => {
    const { handlers, requester } = await limitedServer(1)
    const disguised = Uint8Array.from([
      0x08,
      0x05,
      ...encodeMessage(put(text('/n/a'), Uint8Array.of(1))),
      0x08,
      0x00,
    ])
    expect((await handlers.handle(requester, disguised)).outcome).toBe('ok')
    expect(await handlers.handle(requester, disguised)).toMatchObject({
      outcome: 'limited',
      messageType: 'PUT_VALUE',
    })
  })

  test('writes past those that run and wait are refused, and reads are still answered', async () => {
    const { ask, eventsOf, providers, requester } = await makeServer({
      settings: { maxConcurrentWrites: 1, maxWaitingWrites: 1 },
    })
    let release = () => {}
    const put = providers.put.bind(providers)
    providers.put = async (record) => {
      await new Promise<void>((resolve) => (release = resolve))
      return put(record)
    }
    const add = () =>
      ask(message('ADD_PROVIDER', { key: text('content'), providerPeers: [wirePeer(requester)] }))
    const [first, second] = [add(), add()]
    expect((await add()).outcome).toBe('limited')
    expect((await ask(message('PING'))).outcome).toBe('ok')
    expect(eventsOf('limit:hit')).toMatchObject([{ limit: 'concurrent writes' }])
    release()
    expect((await first).outcome).toBe('ok')
    await Promise.resolve()
    release()
    expect((await second).outcome).toBe('ok')
  })
})

describe('envelopes', () => {
  const envelopes = (isBelieved: boolean): Envelopes & { consumed: string[] } => {
    const consumed: string[] = []
    return {
      consumed,
      own: async () => text('own envelope'),
      of: (peer) => text(`envelope of ${peer}`),
      consume: async (envelope) => {
        consumed.push(new TextDecoder().decode(envelope))
        return isBelieved
      },
    }
  }
  const senderRecord = text('of the sender')

  test('are sent only to requesters that sent theirs', async () => {
    const { replyTo } = await makeServer({ envelopes: envelopes(true) })
    const plain = await replyTo(message('FIND_NODE', { key: text('key') }))
    expect([plain.senderRecord, plain.closerPeers[0]?.signedRecord]).toEqual([undefined, undefined])
    const signed = await replyTo(message('FIND_NODE', { key: text('key'), senderRecord }))
    expect(signed.senderRecord).toEqual(text('own envelope'))
    expect(signed.closerPeers.every(({ signedRecord }) => signedRecord !== undefined)).toBe(true)
  })

  test('one that must not be believed drops the request', async () => {
    const { ask, values } = await makeServer({ envelopes: envelopes(false) })
    const handled = await ask({ ...put(text('/n/a'), Uint8Array.of(1)), senderRecord })
    expect([handled.outcome, handled.replyBytes]).toEqual(['rejected', undefined])
    expect(await values.list()).toEqual([])
  })

  test('one above 8 KiB drops the request unopened', async () => {
    const strict = envelopes(true)
    const { ask } = await makeServer({ envelopes: strict })
    expect((await ask(message('PING', { senderRecord: new Uint8Array(8193) }))).outcome).toBe('rejected')
    expect(strict.consumed).toEqual([])
  })

  test('a bad one of the provider drops its ADD_PROVIDER', async () => {
    const { ask, providers, requester } = await makeServer({ envelopes: envelopes(false) })
    const providerPeers = [{ ...wirePeer(requester), signedRecord: text('bad') }]
    expect((await ask(message('ADD_PROVIDER', { key: text('content'), providerPeers }))).outcome).toBe(
      'rejected',
    )
    expect(await providers.get(text('content'))).toEqual([])
  })

  test('are left out when the reply would grow past 16 KiB', async () => {
    const large: Envelopes = { ...envelopes(true), of: () => new Uint8Array(2000) }
    const { ask, replyTo } = await makeServer({ envelopes: large })
    const request = message('FIND_NODE', { key: text('key'), senderRecord })
    expect((await ask(request)).replyBytes?.length).toBeLessThanOrEqual(16 * 1024)
    expect((await replyTo(request)).closerPeers).toHaveLength(20)
  })
})
