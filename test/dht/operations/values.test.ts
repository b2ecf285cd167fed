import { describe, expect, test } from 'vitest'
import { InvalidRecordError, OlderRecordError } from '../../../src/dht/errors.ts'
import { keyFromBytes } from '../../../src/dht/key.ts'
import { getValue } from '../../../src/dht/operations/get-value.ts'
import { putValue } from '../../../src/dht/operations/put-value.ts'
import { simulatedClient } from '../../../src/sim/simulated-client.ts'
import { largestByte, TestWorld, text } from './network-world.ts'

const key = text('/n/key')
const value = (byte: number) => Uint8Array.of(byte)

function nearest({ world }: TestWorld) {
  return world.closestLive(keyFromBytes(key), 5)
}

/** Puts a value by a client of its own, so that the one under test holds nothing. */
async function publish(test: TestWorld, byte: number) {
  const publisher = simulatedClient(test.world, {
    known: test.world.live.peers.slice(10, 18),
    settings: test.client.settings,
    validator: largestByte,
  })
  return test.run(putValue(publisher, key, value(byte)))
}

/** Gives one server a value of its own, as if it had missed the others. */
function setHeld(test: TestWorld, index: number, byte: number | undefined) {
  const peer = nearest(test)[index]
  if (peer === undefined) throw new Error('no such peer')
  test.lieAt(peer, (request, honest) => {
    if (request.type !== 1) return honest ?? request
    const { record: _, ...rest } = honest ?? request
    return byte === undefined ? rest : { ...rest, record: { key, value: value(byte), timeReceived: '' } }
  })
  return peer
}

describe('putValue', () => {
  test('stores at the k nearest and tells what came of each, as result and as events', async () => {
    const test = new TestWorld()
    const result = await test.run(putValue(test.client, key, value(1)))
    expect(result.peers.map(({ peer, ok }) => [peer.id, ok])).toEqual(
      nearest(test).map(({ id }) => [id, true]),
    )
    expect([result.stored, result.of]).toEqual([5, 5])
    expect(
      test
        .eventsOf('store:answered')
        .map(({ peer, ok }) => [peer, ok])
        .sort(),
    ).toEqual(
      nearest(test)
        .map(({ id }) => [id, true])
        .sort(),
    )
    const stored = test.serverEvents
      .filter(({ event }) => event.type === 'record:stored')
      .map(({ peer }) => peer)
    expect(stored.sort()).toEqual(
      nearest(test)
        .map(({ id }) => id)
        .sort(),
    )
    expect((await test.client.values.get(key))?.publisher).toBe(test.client.network.self.id)
    expect(test.eventsOf('operation:ended')[0]).toMatchObject({
      result: 'stored on 5 of 5',
      counts: { stored: 5 },
    })
  })

  test('a value the validator refuses is refused with its reason before anything is sent or kept', async () => {
    const test = new TestWorld()
    const put = putValue(test.client, key, value(255))
    await expect(test.run(put)).rejects.toThrow(new InvalidRecordError('255 is not allowed.'))
    expect(test.eventsOf('rpc:sent')).toEqual([])
    expect(await test.client.values.get(key)).toBeUndefined()
    expect(test.eventsOf('operation:ended')).toMatchObject([
      { reason: 'refused', error: { code: 'ERR_INVALID_RECORD', message: '255 is not allowed.' } },
    ])
  })

  test('a value older than the one held is refused before anything is sent', async () => {
    const test = new TestWorld()
    await test.run(putValue(test.client, key, value(2)))
    const sentBefore = test.eventsOf('rpc:sent').length
    await expect(test.run(putValue(test.client, key, value(1)))).rejects.toBeInstanceOf(OlderRecordError)
    expect(test.eventsOf('rpc:sent')).toHaveLength(sentBefore)
    expect((await test.client.values.get(key))?.value).toEqual(value(2))
    await test.run(putValue(test.client, key, value(3)))
    expect((await test.client.values.get(key))?.value).toEqual(value(3))
  })

  test('names the peers that hold a newer value, fell silent or answered nonsense', async () => {
    const test = new TestWorld()
    await publish(test, 9)
    const [first, second] = nearest(test)
    if (first === undefined || second === undefined) throw new Error('no peers')
    test.lieAt(first, (request, honest) => {
      if (request.type !== 0) return honest ?? request
      return { ...request, record: { key, value: value(7), timeReceived: '' } }
    })
    test.lieAt(second, (request, honest) => {
      const { record: _, ...withoutRecord } = request
      return request.type === 0 ? withoutRecord : (honest ?? request)
    })
    const result = await test.run(putValue(test.client, key, value(1)))
    expect(result.stored).toBe(0)
    expect(result.peers.map(({ failure }) => failure)).toEqual([
      'mismatch',
      'rejected',
      'reset',
      'reset',
      'reset',
    ])
    expect(result.peers.every(({ message }) => message !== undefined && message.length > 10)).toBe(true)
  })
})

describe('getValue', () => {
  test('finds what another node put, with all holders, and the first value long before the end', async () => {
    const test = new TestWorld()
    await publish(test, 1)
    const seen: Uint8Array[] = []
    const result = await test.run(getValue(test.client, key, { onValue: (bytes) => seen.push(bytes) }))
    expect(result.value).toEqual(value(1))
    expect(new Set(result.values[0]?.holders)).toEqual(new Set(nearest(test).map(({ id }) => id)))
    expect(result.validHolders).toBe(5)
    expect(seen).toEqual([value(1)])
    expect(result.firstValueMs).toBeLessThan(result.durationMs)
    expect(test.eventsOf('value:seen')).toHaveLength(5)
    expect(test.eventsOf('value:selected')).toHaveLength(1)
  })

  test('a quorum counts distinct peers with a valid value, and ends the lookup early', async () => {
    const test = new TestWorld({}, { alpha: 1 })
    await publish(test, 1)
    setHeld(test, 0, 255)
    const result = await test.run(getValue(test.client, key, { quorum: 2 }))
    expect(result.reason).toBe('stopped')
    expect(result.isQuorumReached).toBe(true)
    expect(result.validHolders).toBe(2)
    expect(result.value).toEqual(value(1))
    const full = await test.run(getValue(test.client, key, { quorum: 100 }))
    expect(full.isQuorumReached).toBe(false)
    expect(full.value).toEqual(value(1))
  })

  test('the validator selects among the values, and worse holders are corrected in the background', async () => {
    const test = new TestWorld()
    await publish(test, 5)
    const stale = setHeld(test, 1, 3)
    const invalid = setHeld(test, 2, 255)
    const missing = setHeld(test, 3, undefined)
    const result = await test.run(getValue(test.client, key))
    expect(result.value).toEqual(value(5))
    expect(result.values.map((seen) => [seen.value[0], seen.rejected])).toEqual([
      [5, undefined],
      [3, undefined],
      [255, '255 is not allowed.'],
    ])
    await test.world.clock.runUntilIdle()
    const corrected = test.eventsOf('rpc:sent').filter(({ purpose }) => purpose === 'correction')
    expect(corrected.map(({ peer }) => peer).sort()).toEqual(
      [stale, invalid, missing].map(({ id }) => id).sort(),
    )
    const started = test.eventsOf('operation:started').find(({ kind }) => kind === 'CORRECTION')
    expect(started?.parentId).toBe(result.operationId)
    expect(test.eventsOf('operation:ended')).toHaveLength(2)
  })

  test('after an early end nobody is corrected for lacking the value', async () => {
    const test = new TestWorld()
    await publish(test, 5)
    setHeld(test, 0, undefined)
    await test.run(getValue(test.client, key, { quorum: 1 }))
    await test.world.clock.runUntilIdle()
    expect(test.eventsOf('rpc:sent').filter(({ purpose }) => purpose === 'correction')).toEqual([])
  })

  test('a valid value held here is returned at once; one that is no longer valid is not', async () => {
    const test = new TestWorld()
    await test.run(putValue(test.client, key, value(4)))
    const sentBefore = test.eventsOf('rpc:sent').length
    const local = await test.run(getValue(test.client, key))
    expect([local.value, local.reason]).toEqual([value(4), 'local'])
    expect(test.eventsOf('rpc:sent')).toHaveLength(sentBefore)
    const refuseAll = { ...largestByte, validate: () => Promise.reject(new Error('expired')) }
    const client = { ...test.client, validator: refuseAll }
    const expired = await test.run(getValue(client, key))
    expect(expired.value).toBeUndefined()
    expect(expired.reason).not.toBe('local')
    expect(expired.values.map(({ rejected }) => rejected)).toEqual(['expired'])
  })

  test('a worse value held here is replaced by the best of the network', async () => {
    const test = new TestWorld()
    await test.run(putValue(test.client, key, value(4)))
    await publish(test, 8)
    const result = await test.run(getValue(test.client, key, { skipLocal: true }))
    expect(result.value).toEqual(value(8))
    await test.world.clock.runUntilIdle()
    expect((await test.client.values.get(key))?.value).toEqual(value(8))
  })

  test('a record for another key is no answer', async () => {
    const test = new TestWorld()
    for (const peer of nearest(test)) {
      test.lieAt(peer, (request, honest) => ({
        ...(honest ?? request),
        record: { key: text('/n/other'), value: value(1), timeReceived: '' },
      }))
    }
    const result = await test.run(getValue(test.client, key))
    expect(result.value).toBeUndefined()
    expect(test.eventsOf('value:seen').every(({ rejected }) => rejected !== undefined)).toBe(true)
  })

  test('a get makes the node no holder', async () => {
    const test = new TestWorld()
    await publish(test, 1)
    await test.run(getValue(test.client, key))
    await test.world.clock.runUntilIdle()
    expect(await test.client.values.get(key)).toBeUndefined()
  })

  test('a cancelled get rejects at once although a validator hangs', async () => {
    const test = new TestWorld()
    await publish(test, 1)
    const controller = new AbortController()
    const hanging = {
      ...test.client,
      validator: { ...largestByte, validate: () => new Promise<void>(() => {}) },
    }
    const get = getValue(hanging, key, { signal: controller.signal })
    const outcome = get.catch((error: unknown) => error)
    await test.world.clock.advance(5000)
    controller.abort()
    expect(await test.run(outcome)).toMatchObject({ code: 'ERR_CANCELLED' })
    expect(test.eventsOf('operation:ended')).toHaveLength(1)
  })
})
