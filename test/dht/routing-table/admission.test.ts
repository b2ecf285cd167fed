import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Peer } from '../../../src/dht/peer.ts'
import { Admission } from '../../../src/dht/routing-table/admission.ts'
import { crowd, makeTable, peerAt } from './table-peers.ts'

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

/** An admission whose probes end when the test says so. */
function makeAdmission(seed = 'admission') {
  const world = makeTable(seed)
  const { table, clock, events } = world
  const open = new Map<string, (answers: boolean) => void>()
  const asked: string[] = []
  const probe = (peer: Peer) =>
    new Promise<boolean>((resolve) => {
      asked.push(peer.id)
      open.set(peer.id, resolve)
    })
  const admission = new Admission({ table, clock, publish: (event) => void events.push(event), probe })
  /** Ends every probe under way, and those that begin after it, until none is left. */
  const answerAll = async (answers: (id: string) => boolean) => {
    while (open.size > 0) {
      for (const [id, resolve] of open) {
        open.delete(id)
        resolve(answers(id))
      }
      await settled()
    }
  }
  return { ...world, admission, asked, open, answerAll }
}

describe('Admission', () => {
  test('§8.19 lets in who answers its probe and nobody else: clients and made-up ids stay out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(fc.boolean(), { maxLength: 40 }), async (seed, servers) => {
        const { admission, table, random, answerAll } = makeAdmission(String(seed))
        const peers = servers.map((isServer) => ({ peer: peerAt(random), isServer }))
        for (const { peer } of peers) admission.offer(peer, 'probe')
        expect(table.size()).toBe(0)
        await answerAll((id) => peers.some(({ peer, isServer }) => peer.id === id && isServer))
        for (const { peer, isServer } of peers) {
          const isIn =
            table.entry(peer.id) !== undefined || [...table.replacements()].some((e) => e.peer === peer)
          expect(isIn).toBe(isServer)
        }
        expect(admission.pending).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  test('a peer that answered a lookup has proved itself: no probe', () => {
    const { admission, table, random, asked } = makeAdmission()
    const peer = peerAt(random)
    admission.offer(peer, 'lookup')
    expect(table.entry(peer.id)).toMatchObject({ state: 'live', reason: 'lookup' })
    expect(asked).toEqual([])
  })

  test('probes at most 8 at once and keeps at most 256 waiting; the overflow is told once', async () => {
    const { admission, random, asked, events, answerAll } = makeAdmission()
    for (let i = 0; i < 10_000; i++) admission.offer(peerAt(random), 'probe')
    expect(asked).toHaveLength(8)
    expect(admission.pending).toBe(8 + 256)
    const limits = events.filter(({ type }) => type === 'limit:hit')
    expect(limits).toMatchObject([{ limit: 'admission-queue' }])
    await answerAll(() => false)
    expect(asked).toHaveLength(8 + 256)
    expect(admission.pending).toBe(0)
  })

  test('probes nobody twice at a time, and not who is in, blocked or ourselves', async () => {
    const { admission, table, local, random, asked } = makeAdmission()
    const [twice, member, blocked] = [peerAt(random), peerAt(random), peerAt(random)]
    table.add(member, 'lookup')
    table.block(blocked.id)
    for (const peer of [twice, twice, member, blocked, local]) admission.offer(peer, 'probe')
    expect(asked).toEqual([twice.id])
    expect(await admission.admit(blocked)).toBe(false)
    expect(asked).toEqual([twice.id])
  })

  test('a peer that failed rests 5 minutes, then 10; an answer forgives', async () => {
    const { admission, clock, random, asked, answerAll } = makeAdmission()
    const peer = peerAt(random)
    const offered = async () => {
      const before = asked.length
      admission.offer(peer, 'probe')
      await answerAll(() => false)
      return asked.length > before
    }
    expect(await offered()).toBe(true)
    await clock.advance(5 * 60_000 - 1)
    expect(await offered()).toBe(false)
    await clock.advance(1)
    expect(await offered()).toBe(true)
    await clock.advance(10 * 60_000 - 1)
    expect(await offered()).toBe(false)
    admission.offer(peer, 'lookup')
    expect(asked).toHaveLength(2)
  })

  test('nobody is probed for a bucket that is full with its cache', () => {
    const world = makeAdmission()
    const { admission, table, asked } = world
    for (const peer of crowd(world, 40)) table.add(peer, 'lookup')
    for (const peer of crowd(world, 3)) admission.offer(peer, 'probe')
    expect(asked).toEqual([])
  })

  test('a restored peer becomes live by its answer', async () => {
    const { admission, table, random, answerAll } = makeAdmission()
    const peer = peerAt(random)
    table.add(peer, 'restored')
    admission.offer(peer, 'restored')
    await answerAll(() => true)
    expect(table.entry(peer.id)).toMatchObject({ state: 'live', reason: 'restored' })
  })

  test('an answer to a lookup counts at once, though a probe waits or is under way', async () => {
    const { admission, table, random, asked, answerAll } = makeAdmission()
    const peers = Array.from({ length: 9 }, () => peerAt(random)) as [Peer, ...Peer[]]
    for (const peer of peers) admission.offer(peer, 'probe')
    const [probed, queued] = [peers[0], peers[8] as Peer]
    for (const peer of [probed, queued]) admission.offer(peer, 'lookup')
    for (const { id } of [probed, queued]) expect(table.entry(id)).toMatchObject({ reason: 'lookup' })
    await answerAll(() => true)
    expect(asked).not.toContain(queued.id)
    expect(table.size()).toBe(9)
  })

  test('admit asks whatever is remembered, shares a probe under way, and says whether the peer is in', async () => {
    const { admission, random, asked, answerAll } = makeAdmission()
    const peer = peerAt(random)
    admission.offer(peer, 'probe')
    const shared = admission.admit(peer, 'manual')
    await answerAll(() => false)
    expect(await shared).toBe(false)
    const again = admission.admit(peer, 'manual')
    await answerAll(() => true)
    expect(await again).toBe(true)
    expect(asked).toEqual([peer.id, peer.id])
  })

  test('a probe that throws is a probe that failed', async () => {
    const { table, clock, random } = makeTable('throwing')
    const probe = () => {
      throw new Error('The node is stopping.')
    }
    const admission = new Admission({ table, clock, publish: () => {}, probe })
    expect(await admission.admit(peerAt(random))).toBe(false)
  })

  test('after stop nobody is taken in, not even by a probe under way; start begins anew', async () => {
    const { admission, table, random, asked, answerAll } = makeAdmission()
    const [probed, late] = [peerAt(random), peerAt(random)]
    admission.offer(probed, 'probe')
    admission.stop()
    await answerAll(() => true)
    admission.offer(late, 'lookup')
    expect(await admission.admit(late)).toBe(false)
    expect(table.size()).toBe(0)
    admission.start()
    admission.offer(late, 'probe')
    await answerAll(() => true)
    expect(table.entry(late.id)).toBeDefined()
    expect(asked).toEqual([probed.id, late.id])
  })
})
