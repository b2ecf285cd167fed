import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UntimedDhtEvent } from '../../../src/dht/events.ts'
import { compareDistance, sharedPrefixLen } from '../../../src/dht/key.ts'
import type { Peer } from '../../../src/dht/peer.ts'
import { KEYSPACE_END } from '../../../src/dht/routing-table/k-bucket.ts'
import type { PeerTable } from '../../../src/dht/routing-table/peer-table.ts'
import { madeUpPeer } from '../../../src/sim/made-up-peers.ts'
import { crowd, idsOf, makeTable, peerAt, withPrefix } from './table-peers.ts'

const K = 3
const SUBNETS = ['/ip4/8.8.4.1/tcp/1', '/ip4/9.9.9.1/tcp/1', '/ip4/127.0.0.1/tcp/1', '/dns4/a.example/tcp/1']

type Step =
  | { do: 'add'; peer: number; isLive: boolean; address: number }
  | { do: 'failed' | 'heard' | 'remove' | 'block' | 'unblock'; peer: number }
  | { do: 'wait' | 'stale' | 'clear' }

const peerIndex = fc.nat(39)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      peer: peerIndex,
      isLive: fc.boolean(),
      address: fc.nat(3),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'failed' as const,
        'heard' as const,
        'remove' as const,
        'block' as const,
        'unblock' as const,
      ),
      peer: peerIndex,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('wait' as const, 'stale' as const, 'clear' as const) }),
  },
)

/** A table and 40 peers, half of them made up to lie near it, and a way to do a step. */
function playground(seed: number, relaxedLevels: number) {
  const world = makeTable(seed, { bucketSize: K, relaxedLevels })
  const { table, random, local, clock } = world
  const peers = Array.from({ length: 40 }, (_, i) => {
    const peer = peerAt(random)
    return i % 2 === 0 ? peer : withPrefix(random, peer, local.key, random.integer(12))
  })
  const play = async (step: Step) => {
    const peer = 'peer' in step ? (peers[step.peer] as Peer) : peers[0]
    const id = peer?.id ?? ''
    if (step.do === 'add') {
      const { addrs } = peerAt(random, SUBNETS[step.address] ?? '')
      table.add({ ...(peer as Peer), addrs }, step.isLive ? 'probe' : 'manual')
    } else if (step.do === 'failed') table.failed(id)
    else if (step.do === 'heard') table.heardFrom(id, { useful: true, rttMs: 5 })
    else if (step.do === 'remove') table.remove(id, 'removed-by-user')
    else if (step.do === 'block') table.block(id)
    else if (step.do === 'unblock') table.unblock(id)
    else if (step.do === 'wait') await clock.advance(60_000)
    else if (step.do === 'stale') table.markStale(30_000)
    else table.clear()
  }
  return { ...world, peers, play }
}

function expectSound(table: PeerTable, local: Peer): void {
  const { buckets } = table
  expect(buckets[0]?.minRange).toBe(0n)
  expect(buckets.at(-1)?.maxRange).toBe(KEYSPACE_END)
  for (const [i, bucket] of buckets.entries()) {
    if (i > 0) expect(bucket.minRange).toBe(buckets[i - 1]?.maxRange)
    expect(bucket.entries.length).toBeLessThanOrEqual(K)
    expect(bucket.replacements.length).toBeLessThanOrEqual(K)
    for (const { peer, cpl } of [...bucket.entries, ...bucket.replacements]) {
      expect(bucket.keyInRange(peer.key)).toBe(true)
      expect(cpl).toBe(sharedPrefixLen(peer.key, local.key))
    }
  }
  expect(buckets.flatMap(({ entries }) => idsOf(entries)).sort()).toEqual(idsOf(table.entries()).sort())
  expect(buckets.flatMap(({ replacements }) => idsOf(replacements)).sort()).toEqual(
    idsOf(table.replacements()).sort(),
  )
  expect(table.size()).toBe(idsOf(table.entries()).length)
}

function subnetOf({ addrs }: Peer): string | undefined {
  const [address] = addrs
  return address?.[0] === 4 && address[1] !== 127 ? address.subarray(1, 4).join('.') : undefined
}

function mostOfOneSubnet(peers: readonly Peer[]): number {
  const counts = new Map<string, number>()
  for (const subnet of peers.map(subnetOf)) {
    if (subnet !== undefined) counts.set(subnet, (counts.get(subnet) ?? 0) + 1)
  }
  return Math.max(0, ...counts.values())
}

/** What a reader of the events alone believes the table to be. */
function replay(events: readonly UntimedDhtEvent[]) {
  const entries = new Map<string, { cpl: number; state: string; addrs: string }>()
  const waiting = new Set<string>()
  for (const event of events) {
    if (event.type === 'table:added') {
      expect(entries.has(event.peer)).toBe(false)
      entries.set(event.peer, { cpl: event.cpl, state: event.state, addrs: String(event.addrs) })
    } else if (event.type === 'table:removed') expect(entries.delete(event.peer)).toBe(true)
    else if (event.type === 'table:changed') {
      const entry = entries.get(event.peer)
      expect(entry).toBeDefined()
      const addrs = event.addrs === undefined ? (entry?.addrs ?? '') : String(event.addrs)
      entries.set(event.peer, { cpl: event.cpl, state: event.state, addrs })
    } else if (event.type === 'table:replacement') {
      expect(waiting.has(event.peer)).toBe(event.change === 'removed')
      if (event.change === 'added') waiting.add(event.peer)
      else waiting.delete(event.peer)
    }
  }
  return { entries, waiting }
}

describe('whatever happens to a table', () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 120 })

  test('its ranges are sorted, disjoint and cover the keyspace; everybody is in the range of his bucket; none overflows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.nat(2), steps, async (seed, relaxedLevels, list) => {
        const { table, play, local } = playground(seed, relaxedLevels)
        for (const each of list) {
          await play(each)
          expectSound(table, local)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('closest is what scanning and sorting finds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), steps, fc.nat(45), async (seed, list, count) => {
        const { table, play, random, local, peers } = playground(seed, 0)
        for (const each of list) await play(each)
        for (const target of [random.bytes(32), local.key, peers[3]?.key ?? local.key]) {
          const all = Array.from(table.entries(), ({ peer }) => peer)
          const scanned = all.sort((a, b) => compareDistance(a.key, b.key, target)).slice(0, count)
          expect(table.closest(target, count).map(({ id }) => id)).toEqual(scanned.map(({ id }) => id))
        }
      }),
      { numRuns: 100 },
    )
  })

  test('its events replay to the same table', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.nat(2), steps, async (seed, relaxedLevels, list) => {
        const { table, play, events } = playground(seed, relaxedLevels)
        for (const each of list) await play(each)
        const { entries, waiting } = replay(events)
        const held = Array.from(table.entries(), ({ peer, cpl, state }) => {
          return [peer.id, { cpl, state, addrs: String(peer.addrs) }] as const
        })
        expect(entries).toEqual(new Map(held))
        expect(waiting).toEqual(new Set(idsOf(table.replacements())))
      }),
      { numRuns: 60 },
    )
  })

  test('§8.21 an addition puts nobody out, and add says truly whether the peer is in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), steps, async (seed, list) => {
        const { table, play, peers } = playground(seed, 0)
        for (const each of list) {
          const before = idsOf(table.entries())
          await play(each)
          if (each.do === 'add') expect(idsOf(table.entries())).toEqual(expect.arrayContaining(before))
        }
        for (const peer of peers) {
          const isIn = table.add(peer, 'probe')
          expect(table.entry(peer.id) !== undefined).toBe(isIn)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('§8.20 no bucket holds more than 2 of a subnet, no table more than 3', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), steps, async (seed, list) => {
        const { table, play } = playground(seed, 0)
        for (const each of list) {
          await play(each)
          for (const { entries, replacements } of table.buckets) {
            expect(mostOfOneSubnet(entries.map(({ peer }) => peer))).toBeLessThanOrEqual(2)
            expect(mostOfOneSubnet(replacements.map(({ peer }) => peer))).toBeLessThanOrEqual(2)
          }
          expect(mostOfOneSubnet(Array.from(table.entries(), ({ peer }) => peer))).toBeLessThanOrEqual(3)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('a blocked peer is neither in nor waiting', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), steps, async (seed, list) => {
        const { table, play, peers } = playground(seed, 0)
        for (const each of list) {
          await play(each)
          const held = new Set([...idsOf(table.entries()), ...idsOf(table.replacements())])
          for (const { id } of peers) if (table.isBlocked(id)) expect(held.has(id)).toBe(false)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('buckets', () => {
  test('only the one that holds the local key splits: one bucket a prefix length', () => {
    const { table, random } = makeTable('split')
    for (let i = 0; i < 1000; i++) table.add(madeUpPeer(random), 'probe')
    const cpls = table.buckets.map(({ entries }) => new Set(entries.map(({ cpl }) => cpl)))
    expect(cpls.filter(({ size }) => size > 1).length).toBeLessThanOrEqual(1)
    expect(table.size()).toBeGreaterThan(110)
    expect(table.size()).toBeLessThan(170)
  })

  test('every split is told, with the bits its bucket shared and the buckets there are then', () => {
    const { table, random, events } = makeTable('told')
    for (let i = 0; i < 300; i++) table.add(madeUpPeer(random), 'probe')
    const splits = events.filter(({ type }) => type === 'table:split')
    const expected = Array.from({ length: table.buckets.length - 1 }, (_, cpl) => ({ cpl, buckets: cpl + 2 }))
    expect(splits).toEqual(expected.map((split) => ({ type: 'table:split', ...split })))
  })

  test('relaxed levels cut a far range into at most 2 or 4', () => {
    for (const [relaxedLevels, most] of [
      [0, 20],
      [1, 40],
      [2, 80],
      [7, 80],
    ] as const) {
      const { table, random, local } = makeTable('relaxed', { relaxedLevels })
      for (let i = 0; i < 1000; i++) table.add(madeUpPeer(random), 'probe')
      const far = Array.from(table.entries()).filter(({ peer }) => sharedPrefixLen(peer.key, local.key) === 0)
      expect(far).toHaveLength(most)
    }
  })

  test('25 random peers all find room', () => {
    const { table, random } = makeTable('twenty-five')
    for (let i = 0; i < 25; i++) expect(table.add(madeUpPeer(random), 'manual')).toBe(true)
    expect(table.size()).toBe(25)
  })

  test('ids ground to lie next to the local key end in splits, not in a hang', () => {
    const world = makeTable('deep', { bucketSize: K })
    for (const cpl of [255, 254, 253, 200, 255])
      for (const peer of crowd(world, 2, cpl)) world.table.add(peer, 'probe')
    expectSound(world.table, world.local)
  })

  test('itself never enters, and says nothing', () => {
    const { table, local, events } = makeTable('self')
    expect(table.add(local, 'probe')).toBe(false)
    expect(events).toEqual([])
  })
})

describe('seniority', () => {
  test('§8.21 1,000 ground ids displace no live peer', () => {
    const world = makeTable('ground')
    const { table, random, local } = world
    const seniors = [...crowd(world, 20, 0), ...crowd(world, 20, 1), ...crowd(world, 10, 2)]
    for (const peer of seniors) table.add(peer, 'probe')
    for (let i = 0; i < 1000; i++) {
      const ground = withPrefix(random, madeUpPeer(random), local.key, random.integer(16))
      table.add(ground, 'probe', random.chance(0.5) ? 'live' : 'unverified')
    }
    for (const { id } of seniors) expect(table.entry(id)?.state).toBe('live')
  })

  test('who comes to a full bucket unverified is refused; who is verified waits, the last 20', () => {
    const world = makeTable('wait')
    const { table, events } = world
    for (const peer of crowd(world, 20)) table.add(peer, 'probe')
    const [stranger] = crowd(world, 1) as [Peer]
    expect(table.add(stranger, 'manual')).toBe(false)
    expect(events.at(-1)).toMatchObject({
      type: 'table:refused',
      peer: stranger.id,
      cpl: 0,
      reason: 'bucket-full',
    })
    const waiting = crowd(world, 25)
    for (const peer of waiting) expect(table.add(peer, 'probe')).toBe(false)
    expect(idsOf(table.replacements())).toEqual(waiting.slice(5).map(({ id }) => id))
  })
})

describe('strikes', () => {
  const full = () => {
    const world = makeTable('strikes')
    const seated = crowd(world, 20)
    const waiting = crowd(world, 3)
    for (const peer of [...seated, ...waiting]) world.table.add(peer, 'probe')
    return { ...world, victim: seated[4] as Peer, waiting }
  }

  test('the first makes a peer stale, the second in a row costs the seat, which goes to the replacement heard last', () => {
    const { table, victim, waiting, events } = full()
    table.heardFrom(waiting[0]?.id ?? '', { useful: false })
    table.failed(victim.id)
    expect(table.entry(victim.id)).toMatchObject({ state: 'stale', strikes: 1 })
    const before = events.length
    table.failed(victim.id)
    expect(table.entry(victim.id)).toBeUndefined()
    expect(table.entry(waiting[0]?.id ?? '')).toMatchObject({ state: 'live', reason: 'promoted', strikes: 0 })
    expect(events.slice(before)).toMatchObject([
      { type: 'table:removed', peer: victim.id, reason: 'two-strikes', replacedBy: waiting[0]?.id },
      { type: 'table:replacement', peer: waiting[0]?.id, change: 'removed' },
      { type: 'table:added', peer: waiting[0]?.id, reason: 'promoted' },
    ])
  })

  test('an answer between two failures clears the first', () => {
    const { table, victim } = full()
    table.failed(victim.id)
    table.heardFrom(victim.id, { useful: true, rttMs: 12 })
    table.failed(victim.id)
    expect(table.entry(victim.id)).toMatchObject({ strikes: 1, rttMs: 12 })
  })

  test('one failure is enough for who only waits', () => {
    const { table, waiting } = full()
    table.failed(waiting[1]?.id ?? '')
    expect(idsOf(table.replacements())).toEqual([waiting[0]?.id, waiting[2]?.id])
  })

  test('unknown ids are nobody: nothing happens and nothing throws', () => {
    const { table, events } = full()
    const before = events.length
    table.failed('nobody')
    table.heardFrom('nobody', { useful: true })
    expect(table.remove('nobody', 'removed-by-user')).toBe(false)
    expect(events).toHaveLength(before)
  })
})

describe('states', () => {
  test('a restored peer is unverified until it answers', async () => {
    const { table, random, clock } = makeTable('restored')
    const peer = peerAt(random)
    table.add(peer, 'restored')
    expect(table.entry(peer.id)).toMatchObject({
      state: 'unverified',
      reason: 'restored',
      lastSeenAt: undefined,
    })
    await clock.advance(1000)
    table.heardFrom(peer.id, { useful: true })
    expect(table.entry(peer.id)).toMatchObject({
      state: 'live',
      lastSeenAt: clock.now(),
      lastUsefulAt: clock.now(),
    })
  })

  test('adding again never takes away what is known: live stays live, addresses are not lost', () => {
    const { table, random, events } = makeTable('again')
    const peer = peerAt(random)
    table.add(peer, 'probe')
    const before = events.length
    expect(table.add({ ...peer, addrs: [] }, 'manual')).toBe(true)
    expect(table.entry(peer.id)).toMatchObject({ state: 'live', peer: { addrs: peer.addrs } })
    expect(events).toHaveLength(before)
  })

  test('new addresses replace the old ones', () => {
    const { table, random } = makeTable('moved')
    const peer = peerAt(random)
    table.add(peer, 'probe')
    const { addrs } = peerAt(random, '/ip4/127.0.0.1/tcp/5')
    expect(table.add({ ...peer, addrs }, 'probe')).toBe(true)
    expect(table.entry(peer.id)?.peer.addrs).toEqual(addrs)
  })

  test('live peers unheard for long become stale, and the doubtful come longest unheard first', async () => {
    const world = makeTable('stale')
    const { table, clock } = world
    const [old, older, fresh] = crowd(world, 3) as [Peer, Peer, Peer]
    table.add(older, 'probe')
    await clock.advance(1000)
    table.add(old, 'restored')
    await clock.advance(1000)
    table.add(fresh, 'probe')
    expect(table.markStale(2000)).toBe(0)
    await clock.advance(1)
    expect(table.markStale(2000)).toBe(1)
    expect(table.entry(older.id)?.state).toBe('stale')
    expect(table.doubtful().map(({ id }) => id)).toEqual([older.id, old.id])
    expect(table.doubtful(1).map(({ id }) => id)).toEqual([older.id])
  })
})

describe('blocking', () => {
  test('puts a peer out, gives its seat away, and keeps it out until it is lifted', () => {
    const world = makeTable('blocked')
    const { table, events } = world
    const peers = crowd(world, 21)
    for (const peer of peers) table.add(peer, 'probe')
    const [enemy, next] = [peers[3] as Peer, peers[20] as Peer]
    table.block(enemy.id)
    expect(table.entry(enemy.id)).toBeUndefined()
    expect(table.entry(next.id)).toBeDefined()
    expect(table.add(enemy, 'lookup', 'live')).toBe(false)
    expect(events.at(-1)).toMatchObject({ type: 'table:refused', peer: enemy.id, reason: 'blocked' })
    table.unblock(enemy.id)
    table.remove(next.id, 'removed-by-user')
    expect(table.add(enemy, 'probe')).toBe(true)
  })
})
