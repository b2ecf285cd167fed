import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CancelledError, InvalidArgumentError } from '../../../src/dht/errors.ts'
import { keyFromBytes } from '../../../src/dht/key.ts'
import { closestPeers } from '../../../src/dht/operations/closest-peers.ts'
import { TestWorld, text } from './network-world.ts'

const keys = fc.uint8Array({ minLength: 1, maxLength: 40 })

describe('closestPeers', () => {
  test('finds the true nearest when nobody is dead', async () => {
    await fc.assert(
      fc.asyncProperty(keys, fc.integer(), async (key, seed) => {
        const { world, client, ...test } = new TestWorld({ seed })
        const { peers, reason } = await world.clock.runUntil(closestPeers(client, key))
        expect(reason).toBe('converged')
        expect(peers.map(({ id }) => id)).toEqual(world.closestLive(keyFromBytes(key), 5).map(({ id }) => id))
        expect(test.events.filter(({ type }) => type === 'operation:started')).toHaveLength(1)
        expect(test.events.filter(({ type }) => type === 'operation:ended')).toHaveLength(1)
      }),
      { numRuns: 30 },
    )
  })

  test('no dead peer is in the result, and the second lookup of a kind waits for none', async () => {
    const test = new TestWorld({ deadShare: 0.4, servers: 200 }, { alpha: 10 })
    const first = await test.run(closestPeers(test.client, text('a')))
    const again = await test.run(closestPeers(test.client, text('a')))
    for (const { id } of [...first.peers, ...again.peers])
      expect(test.world.find(id)?.behaviour).toBe('honest')
    expect(again.counts.slow).toBe(0)
    expect(again.durationMs).toBeLessThanOrEqual(200)
  })

  test('every request is published with its end, and belongs to the operation', async () => {
    const test = new TestWorld({ deadShare: 0.3 })
    const { operationId, counts } = await test.run(closestPeers(test.client, text('a')))
    const sent = test.eventsOf('rpc:sent')
    const ended = [...test.eventsOf('rpc:replied'), ...test.eventsOf('rpc:failed')]
    expect(sent.length).toBe(counts.asked)
    expect(ended.map(({ rpcId }) => rpcId).sort()).toEqual(sent.map(({ rpcId }) => rpcId).sort())
    expect(new Set(sent.map((event) => event.operationId))).toEqual(new Set([operationId]))
    expect(test.eventsOf('rpc:replied')).toHaveLength(counts.replied)
    const [end] = test.eventsOf('operation:ended')
    expect(end?.counts).toEqual({ ...counts, stored: 0 })
  })

  test('tells with each reply which peers were new, each once', async () => {
    const test = new TestWorld()
    await test.run(closestPeers(test.client, text('a')))
    const fresh = test.eventsOf('rpc:replied').flatMap(({ heard }) => heard.filter(({ isNew }) => isNew))
    const seeds = test.eventsOf('lookup:seeded').flatMap((event) => event.seeds.map(({ peer }) => peer))
    expect(new Set(fresh.map(({ peer }) => peer)).size).toBe(fresh.length)
    expect(fresh.filter(({ peer }) => seeds.includes(peer))).toEqual([])
  })

  test('an abort ends it at once: requests aborted, one end, nothing left on the clock', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 400 }), async (abortAfterMs) => {
        const test = new TestWorld({ deadShare: 0.3 })
        const controller = new AbortController()
        const lookup = closestPeers(test.client, text('a'), { signal: controller.signal })
        const outcome = lookup.then(
          () => 'ended',
          (error: unknown) => error,
        )
        await test.world.clock.advance(abortAfterMs)
        const endedBefore = test.eventsOf('operation:ended').length
        controller.abort(new Error('enough'))
        await test.world.clock.advance(0)
        expect(test.eventsOf('operation:ended')).toHaveLength(1)
        if (endedBefore > 0) return
        expect(await outcome).toBeInstanceOf(CancelledError)
        expect(test.eventsOf('operation:ended')[0]?.reason).toBe('cancelled')
        expect(test.world.clock.pendingTimers).toBe(0)
        const open = test.eventsOf('rpc:sent').length - test.eventsOf('rpc:replied').length
        expect(test.eventsOf('rpc:failed')).toHaveLength(open)
      }),
      { numRuns: 30 },
    )
  })

  test('a signal that outlives its operations keeps no listener of them', async () => {
    const test = new TestWorld({ deadShare: 0.3 })
    const { signal } = new AbortController()
    for (const name of ['a', 'b', 'c']) await test.run(closestPeers(test.client, text(name), { signal }))
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('an answer after the soft deadline is taken, and marked as late', async () => {
    const test = new TestWorld(
      { latencyMs: { min: 20, max: 40 } },
      { stragglerMs: 5000, softDeadlineFirstMs: 100 },
    )
    const [nearest] = test.world.closestLive(keyFromBytes(text('a')))
    if (nearest === undefined) throw new Error('no peers')
    test.node(nearest).latencyMs = 150
    const { peers, counts } = await test.run(closestPeers(test.client, text('a'), { count: 60 }))
    expect(peers.map(({ id }) => id)).toContain(nearest.id)
    expect(counts.slow).toBe(1)
    const late = test.eventsOf('rpc:replied').filter((event) => event.late)
    expect(late.map(({ peer }) => peer)).toEqual([nearest.id])
  })

  test('a signal aborted before the start sends nothing', async () => {
    const test = new TestWorld()
    const lookup = closestPeers(test.client, text('a'), { signal: AbortSignal.abort() })
    await expect(test.run(lookup)).rejects.toBeInstanceOf(CancelledError)
    expect(test.events.map(({ type }) => type)).toEqual(['operation:started', 'operation:ended'])
  })

  test('requests left behind at the end go on unseen, until the table knows who is dead', async () => {
    const test = new TestWorld({ deadShare: 0.3, deadAs: ['silent'] }, { alpha: 10 })
    await test.run(closestPeers(test.client, text('a')))
    const seen = test.events.length
    const silent = test.eventsOf('lookup:slow').map(({ peer }) => peer)
    expect(silent.length).toBeGreaterThan(0)
    for (const id of silent) expect(test.client.requests.memory.doubtOf(id)).toBe('slow')
    await test.world.clock.advance(10_000)
    for (const id of silent) expect(test.client.requests.memory.doubtOf(id)).toBe('dead')
    const later = test.events
      .slice(seen)
      .filter(({ type }) => type.startsWith('rpc:') || type.startsWith('operation:'))
    expect(later).toEqual([])
    expect(test.world.clock.pendingTimers).toBe(0)
  })

  test('with an empty table it starts from connected servers', async () => {
    const test = new TestWorld()
    await test.run(closestPeers(test.client, text('a')))
    for (const peer of test.world.live.peers) test.client.table.remove(peer.id, 'removed-by-user')
    test.client.requests.memory.clear()
    const { peers } = await test.run(closestPeers(test.client, text('b')))
    expect(peers).toHaveLength(5)
    const [, second] = test.eventsOf('lookup:seeded')
    expect(new Set(second?.seeds.map(({ from }) => from))).toEqual(new Set(['connected']))
  })

  test('with nobody to ask it ends as starved, empty', async () => {
    const test = new TestWorld({ servers: 1 })
    for (const peer of test.world.live.peers) test.client.table.remove(peer.id, 'removed-by-user')
    const { peers, reason } = await test.run(closestPeers(test.client, text('a')))
    expect([peers, reason]).toEqual([[], 'starved'])
  })

  test('an unusable key is refused before anything is sent', async () => {
    const test = new TestWorld()
    await expect(closestPeers(test.client, new Uint8Array(129))).rejects.toBeInstanceOf(InvalidArgumentError)
    expect(test.eventsOf('operation:ended')[0]?.reason).toBe('refused')
    expect(test.eventsOf('rpc:sent')).toEqual([])
  })
})
