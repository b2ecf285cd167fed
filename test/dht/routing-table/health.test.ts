import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tableHealth } from '../../../src/dht/routing-table/health.ts'
import { madeUpPeer } from '../../../src/sim/made-up-peers.ts'
import { crowd, makeTable } from './table-peers.ts'

/** A table that was offered `servers` random live peers. */
function offered(servers: number, seed: number | string = 'health') {
  const world = makeTable(seed)
  for (let i = 0; i < servers; i++) world.table.add(madeUpPeer(world.random), 'probe')
  return world
}

describe('tableHealth', () => {
  test('an empty table scores 0 and says what to do', () => {
    const { table, clock } = makeTable('empty')
    const health = tableHealth(table, { now: clock.now() })
    expect(health).toMatchObject({ score: 0, fill: 0, freshness: 0, coverage: 0, buckets: [], gaps: [] })
    expect(health.verdicts).toMatchObject([{ severity: 'bad' }])
  })

  test('a full fresh table scores near 100 and is called good', () => {
    for (const servers of [5, 60, 1000]) {
      const { table, clock } = offered(servers)
      const health = tableHealth(table, { now: clock.now(), networkSize: servers })
      expect(health.score).toBeGreaterThanOrEqual(90)
      expect(health.gaps).toEqual([])
      expect(health.verdicts).toMatchObject([{ severity: 'good' }])
    }
  })

  test('parts keep to their points and add up to the score; every peer is in one bucket', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(300), fc.option(fc.nat(100_000)), (seed, servers, size) => {
        const { table, clock } = offered(servers, seed)
        const health = tableHealth(table, { now: clock.now(), ...(size !== null && { networkSize: size }) })
        const { score, fill, freshness, coverage } = health
        for (const [part, most] of [
          [fill, 40],
          [freshness, 35],
          [coverage, 25],
        ] as const) {
          expect(part).toBeGreaterThanOrEqual(0)
          expect(part).toBeLessThanOrEqual(most)
        }
        expect(score).toBe(Math.round(fill + freshness + coverage))
        expect(health.buckets.map(({ cpl }) => cpl)).toEqual([...health.buckets.keys()])
        expect(health.buckets.reduce((sum, { live }) => sum + live, 0)).toBe(table.size())
        expect(health.verdicts.length).toBeGreaterThan(0)
      }),
      { numRuns: 60 },
    )
  })

  test('without an estimate it takes the size that its own neighbourhood shows, within a factor of 2', () => {
    for (const servers of [200, 1000, 4000]) {
      const { table, clock } = offered(servers)
      const { expectedPeers } = tableHealth(table, { now: clock.now() })
      const known = tableHealth(table, { now: clock.now(), networkSize: servers }).expectedPeers
      expect(Math.abs(expectedPeers - known)).toBeLessThanOrEqual(20)
    }
  })

  test('a missing distance is a gap, costs coverage and is named', () => {
    const world = makeTable('gap')
    for (const cpl of [0, 1, 3, 4]) for (const peer of crowd(world, 20, cpl)) world.table.add(peer, 'probe')
    const health = tableHealth(world.table, { now: world.clock.now(), networkSize: 1000 })
    expect(health.gaps).toContain(2)
    expect(health.coverage).toBeLessThan(25)
    expect(health.verdicts[0]).toMatchObject({ severity: 'bad' })
    expect(health.verdicts[0]?.text).toContain('2')
  })

  test('a near peer counts for more than a far one', () => {
    const fillWithout = (missing: number) => {
      const world = makeTable('weights')
      for (const cpl of [0, 1, 2]) {
        for (const peer of crowd(world, cpl === missing ? 10 : 20, cpl)) world.table.add(peer, 'probe')
      }
      return tableHealth(world.table, { now: world.clock.now(), networkSize: 1000 }).fill
    }
    expect(fillWithout(2)).toBeLessThan(fillWithout(1))
    expect(fillWithout(1)).toBeLessThan(fillWithout(0))
  })

  test('silence makes it less fresh by half, strikes and doubt by all', async () => {
    const { table, clock } = offered(60)
    const freshness = () => tableHealth(table, { now: clock.now() }).freshness
    expect(freshness()).toBe(35)
    await clock.advance(3_600_000)
    expect(freshness()).toBe(35)
    await clock.advance(1)
    expect(freshness()).toBe(17.5)
    table.markStale(3_600_000)
    expect(freshness()).toBe(0)
    const { verdicts } = tableHealth(table, { now: clock.now() })
    expect(verdicts.some(({ severity }) => severity === 'warn' || severity === 'bad')).toBe(true)
  })

  test('buckets tell states, who waits, and when somebody was last heard', async () => {
    const world = makeTable('statistics')
    const { table, clock } = world
    const peers = crowd(world, 22)
    for (const [i, peer] of peers.entries()) table.add(peer, i === 0 ? 'restored' : 'probe')
    table.failed(peers[1]?.id ?? '')
    await clock.advance(1000)
    table.heardFrom(peers[2]?.id ?? '', { useful: true })
    const [far] = tableHealth(table, { now: clock.now() }).buckets
    expect(far).toMatchObject({
      cpl: 0,
      live: 18,
      unverified: 1,
      stale: 1,
      waiting: 2,
      lastHeardAt: clock.now(),
    })
  })

  test('is a pure function: the table is as it was, and asking twice gives the same', () => {
    const { table, clock, events } = offered(200)
    const before = events.length
    const options = { now: clock.now() }
    expect(tableHealth(table, options)).toEqual(tableHealth(table, options))
    expect(events).toHaveLength(before)
  })
})
