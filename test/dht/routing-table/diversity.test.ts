import { describe, expect, test } from 'vitest'
import type { Peer } from '../../../src/dht/peer.ts'
import { addressBytes, crowd, idsOf, makeTable, peerAt, withPrefix } from './table-peers.ts'

type World = ReturnType<typeof makeTable>

/** A peer of subnet 8.8.4.0/24 with `cpl` bits in common with the local key. */
function inSubnet({ random, local }: World, cpl: number): Peer {
  return withPrefix(random, peerAt(random, `/ip4/8.8.4.${1 + random.integer(250)}/tcp/1`), local.key, cpl)
}

/** A table whose buckets at cpl 0 and 1 are apart, each with the number of peers of one subnet that is given. */
function apart(counts: readonly number[]) {
  const world = makeTable('apart', { bucketSize: 6 })
  for (const cpl of [0, 1, 2]) for (const peer of crowd(world, 3, cpl)) world.table.add(peer, 'probe')
  const joined = counts.flatMap((count, cpl) =>
    Array.from({ length: count }, () => {
      const peer = inSubnet(world, cpl)
      return { peer, isIn: world.table.add(peer, 'probe') }
    }),
  )
  return { ...world, world, joined }
}

describe('subnets', () => {
  test('§8.20 2 of one are let into a bucket, 3 into the table', () => {
    expect(apart([3]).joined.map(({ isIn }) => isIn)).toEqual([true, true, false])
    expect(apart([2, 2]).joined.map(({ isIn }) => isIn)).toEqual([true, true, true, false])
    expect(apart([1, 1, 2]).joined.map(({ isIn }) => isIn)).toEqual([true, true, true, false])
  })

  test('a refusal says why, and splits nothing', () => {
    const world = makeTable('no-split', { bucketSize: 2 })
    for (const cpl of [3, 5]) world.table.add(inSubnet(world, cpl), 'probe')
    const before = world.events.length
    expect(world.table.add(inSubnet(world, 9), 'probe')).toBe(false)
    expect(world.events.slice(before)).toMatchObject([{ type: 'table:refused', reason: 'diversity', cpl: 9 }])
    expect(world.table.buckets).toHaveLength(1)
  })

  test.each(['/ip4/127.0.0.1/tcp/1', '/ip4/192.168.1.7/tcp/1', '/ip6/::1/tcp/1', '/dns4/a.example/tcp/1'])(
    '%s counts for none',
    (address) => {
      const { table, random } = makeTable('exempt')
      for (let i = 0; i < 15; i++) expect(table.add(peerAt(random, address), 'probe')).toBe(true)
    },
  )

  test('IPv6 is counted by /48', () => {
    const { table, random } = makeTable('ip6')
    const add = (address: string) => table.add(peerAt(random, address), 'probe')
    expect(
      ['/ip6/2001:db8:1:1::1/tcp/1', '/ip6/2001:db8:1:2::1/tcp/1', '/ip6/2001:db8:1:3::1/tcp/1'].map(add),
    ).toEqual([true, true, false])
    expect(add('/ip6/2001:db8:2:1::1/tcp/1')).toBe(true)
  })

  test('a limit of 0 lifts it, the other one stands', () => {
    const admitted = (diversity: { perBucket?: number; perTable?: number }) => {
      const world = makeTable('lifted', { diversity })
      return Array.from({ length: 10 }, () => world.table.add(inSubnet(world, 0), 'probe')).filter(Boolean)
        .length
    }
    expect(admitted({ perBucket: 0 })).toBe(3)
    expect(admitted({ perTable: 0 })).toBe(2)
    expect(admitted({ perBucket: 0, perTable: 0 })).toBe(10)
  })

  test('who leaves makes room for another of its subnet', () => {
    const { table, world, joined } = apart([2])
    table.remove(joined[0]?.peer.id ?? '', 'removed-by-user')
    expect(table.add(inSubnet(world, 0), 'probe')).toBe(true)
    expect(table.add(inSubnet(world, 0), 'probe')).toBe(false)
    table.clear()
    expect([0, 0, 0].map((cpl) => table.add(inSubnet(world, cpl), 'probe'))).toEqual([true, true, false])
  })

  test('§8.20 no way round by an update: addresses of a full subnet are not taken, and the old ones stay', () => {
    const { table, world, random } = apart([2])
    const mover = peerAt(random)
    const withOld = withPrefix(random, mover, world.local.key, 0)
    expect(table.add(withOld, 'probe')).toBe(true)
    const before = world.events.length
    expect(table.add({ ...withOld, addrs: [addressBytes('/ip4/8.8.4.99/tcp/1')] }, 'probe')).toBe(false)
    expect(table.entry(mover.id)?.peer.addrs).toEqual(mover.addrs)
    expect(world.events.slice(before)).toMatchObject([{ type: 'table:refused', reason: 'diversity' }])
  })

  test('a member that moves frees its old subnet', () => {
    const { table, world, joined } = apart([2])
    const mover = joined[0]?.peer as Peer
    table.add({ ...mover, addrs: [addressBytes('/ip4/9.9.9.9/tcp/1')] }, 'probe')
    expect(table.add(inSubnet(world, 0), 'probe')).toBe(true)
  })

  test('§8.20 no way round by waiting: a cache holds 2 of a subnet, and none is promoted above the cap', () => {
    const world = makeTable('waiting', { bucketSize: 4 })
    const { table } = world
    const seated = crowd(world, 4)
    for (const peer of seated) table.add(peer, 'probe')
    const hopeful = Array.from({ length: 4 }, () => inSubnet(world, 0))
    for (const peer of hopeful) table.add(peer, 'probe')
    expect(idsOf(table.replacements())).toEqual(hopeful.slice(0, 2).map(({ id }) => id))
    for (const cpl of [1, 1]) table.add(inSubnet(world, cpl), 'probe')
    for (const { id } of seated.slice(0, 2)) table.remove(id, 'removed-by-user')
    expect(table.entry(hopeful[1]?.id ?? '')).toBeDefined()
    expect(table.entry(hopeful[0]?.id ?? '')).toBeUndefined()
  })
})
