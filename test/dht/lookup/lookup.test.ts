import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PeerDoubt } from '../../../src/dht/lookup/candidate.ts'
import { Lookup } from '../../../src/dht/lookup/lookup.ts'
import type { Peer } from '../../../src/dht/peer.ts'
import {
  type Behaviour,
  bruteForceClosest,
  position,
  runInWorld,
  smallPeer,
  testSettings,
  worlds,
} from './lookup-world.ts'

const honest = fc.constant<Behaviour>('answers')
const anything = fc.constantFrom<Behaviour>('answers', 'answers', 'late', 'refuses', 'silent')

function ids(peers: Iterable<Peer>): string[] {
  return [...peers].map(({ id }) => id)
}

describe('Lookup', () => {
  test('asks nearest first: no peer is asked while a nearer one heard of waits', () => {
    fc.assert(
      fc.property(worlds(anything), (world) => {
        runInWorld(world, {
          onTick: (lookup, actions) => {
            const askedNow = actions.flatMap((action) => (action.type === 'query' ? [action.peer.id] : []))
            const states = [...lookup.candidates()]
            const farthestAsked = states.findLastIndex(({ peer }) => askedNow.includes(peer.id))
            const waiting = states
              .slice(0, Math.max(0, farthestAsked))
              .filter(({ state }) => state === 'heard')
            expect(ids(waiting.map(({ peer }) => peer))).toEqual([])
          },
        })
      }),
    )
  })

  test('never has more than alpha in flight, and with the slow never more than twice as many', () => {
    fc.assert(
      fc.property(worlds(anything), fc.integer({ min: 1, max: 6 }), (world, alpha) => {
        runInWorld(world, {
          settings: { alpha },
          onTick: (lookup) => {
            const states = [...lookup.candidates()].map(({ state }) => state)
            const inFlight = states.filter((state) => state === 'in-flight').length
            const slow = states.filter((state) => state === 'slow').length
            expect(inFlight).toBeLessThanOrEqual(alpha)
            expect(inFlight + slow).toBeLessThanOrEqual(2 * alpha)
          },
        })
      }),
    )
  })

  test('always ends, whoever fails, answers late or stays silent, with exactly one end', () => {
    fc.assert(
      fc.property(worlds(anything), fc.integer({ min: 1, max: 4 }), (world, alpha) => {
        const run = runInWorld(world, { settings: { alpha } })
        expect(run.ends).toBe(1)
        expect(run.durationMs).toBeLessThanOrEqual(60_000)
        expect(run.lookup.isDone).toBe(true)
        expect(run.lookup.tick(run.durationMs + 1e6)).toEqual([])
      }),
    )
  })

  test('when nobody fails, the result is the nearest k of all peers ever named', () => {
    fc.assert(
      fc.property(worlds(honest), (world) => {
        const { result, heard } = runInWorld(world)
        expect(ids(result.closest)).toEqual(bruteForceClosest(heard.values(), world.target, testSettings.k))
      }),
    )
  })

  test('when nobody fails and every peer names its true nearest, the result is the true nearest k', () => {
    fc.assert(
      fc.property(worlds(honest), (world) => {
        const others = [...world.peers.values()].filter(({ id }) => id !== world.self.id)
        const nearest = bruteForceClosest(others, world.target, testSettings.k)
        const answer = nearest.map((id) => world.peers.get(id) as Peer)
        const seed = others[0] as Peer
        const names = new Map(ids(others).map((id) => [id, answer]))
        const { result } = runInWorld({ ...world, names, seeds: [seed] })
        expect(ids(result.closest)).toEqual(nearest)
      }),
    )
  })

  test('late answers, repeated answers and answers nobody asked for change nothing', () => {
    fc.assert(
      fc.property(worlds(anything), (world) => {
        const plain = runInWorld(world)
        const noise = [...world.peers.values()].map(({ key }) => smallPeer(position({ key } as Peer) ^ 1))
        const noisy = runInWorld(world, {
          onTick: (lookup, _actions, run) => {
            for (const id of run.responded) {
              expect(lookup.onResponse(id, noise)).toEqual([])
              lookup.onFailure(id)
            }
            for (const id of run.released) expect(lookup.onResponse(id, noise)).toEqual([])
            expect(lookup.onResponse('nobody', noise)).toEqual([])
            lookup.onFailure('nobody')
          },
        })
        expect(noisy.result).toEqual(plain.result)
        expect(noisy.asked).toEqual(plain.asked)
      }),
    )
  })

  test('never asks itself, and nobody twice', () => {
    fc.assert(
      fc.property(worlds(anything), (world) => {
        const { asked } = runInWorld({ ...world, seeds: [world.self, ...world.seeds, ...world.seeds] })
        expect(asked).not.toContain(world.self.id)
        expect(new Set(asked).size).toBe(asked.length)
      }),
    )
  })

  test('the result holds responders only, nearest first, at most k', () => {
    fc.assert(
      fc.property(worlds(anything), (world) => {
        const { result, responded, asked } = runInWorld(world)
        const responders = [...responded].map((id) => world.peers.get(id) as Peer)
        expect(ids(result.closest)).toEqual(bruteForceClosest(responders, world.target, testSettings.k))
        expect(result.counts.replied).toBe(responded.size)
        expect(result.counts.asked).toBe(asked.length)
      }),
    )
  })

  test('cancelling at any moment releases what is in flight, ends once and asks nobody more', () => {
    fc.assert(
      fc.property(worlds(anything), fc.nat(20), (world, ticks) => {
        let seen = 0
        let askedBefore = 0
        const run = runInWorld(world, {
          onTick: (lookup, _actions, { asked }) => {
            if (seen++ !== ticks || lookup.isDone) return
            lookup.cancel()
            lookup.stop()
            askedBefore = asked.length
          },
        })
        expect(run.ends).toBe(1)
        if (run.result.reason !== 'cancelled') return
        expect(run.asked.length).toBe(askedBefore)
        const pending = [...run.lookup.candidates()].filter(
          ({ state }) => state === 'in-flight' || state === 'slow',
        )
        for (const { peer } of pending) expect(run.released).toContain(peer.id)
      }),
    )
  })

  test('ends as stopped with what there is when the caller has what it wanted', () => {
    fc.assert(
      fc.property(worlds(honest), (world) => {
        const run = runInWorld(world, {
          onTick: (lookup, _actions, { responded }) => responded.size > 0 && lookup.stop(),
        })
        if (run.responded.size === 0) return
        expect(['stopped', 'starved', 'converged']).toContain(run.result.reason)
        expect(run.result.closest.length).toBeGreaterThan(0)
      }),
    )
  })

  test('peers known to be silent cost no time: the lookup ends the moment the last answer is in', () => {
    const behaviours = fc.constantFrom<Behaviour>('answers', 'answers', 'silent')
    fc.assert(
      fc.property(worlds(behaviours), (world) => {
        const silent = [...world.behaviours]
          .filter(([, behaviour]) => behaviour === 'silent')
          .map(([id]) => id)
        const doubts = new Map(silent.map((id): [string, PeerDoubt] => [id, 'slow']))
        const run = runInWorld(world, { doubts, settings: { stragglerMs: 0 } })
        if (run.responded.size > 0) expect(run.durationMs).toBe(run.lastInputMs)
        expect(run.slow.size).toBe(0)
      }),
    )
  })

  test('a silent peer costs a soft deadline, once: its slot is free and the end does not wait for it', () => {
    const world = {
      target: Uint8Array.of(0, 0),
      self: smallPeer(0xffff),
      peers: new Map<string, Peer>(),
      behaviours: new Map<string, Behaviour>([
        ['p1', 'silent'],
        ['p2', 'silent'],
      ]),
      seeds: [1, 2, 3, 4, 5, 6, 7].map(smallPeer),
      order: [99],
      names: new Map<string, Peer[]>(),
    }
    const run = runInWorld(world, { settings: { alpha: 3 }, softDeadlineMs: 300 })
    expect(run.result.reason).toBe('converged')
    expect(ids(run.result.closest)).toEqual(['p3', 'p4', 'p5', 'p6', 'p7'])
    // One slot answers at 100, 200 and 300; at 300 the two others are free, and all that is left is asked.
    expect(run.durationMs).toBe(400)
  })

  test('without any answer it waits for the hard deadline, because there is nothing else to give', () => {
    const world = {
      target: Uint8Array.of(0, 0),
      self: smallPeer(0xffff),
      peers: new Map<string, Peer>(),
      behaviours: new Map<string, Behaviour>([['p1', 'late']]),
      seeds: [smallPeer(1)],
      order: [100],
      names: new Map([['p1', [smallPeer(2)]]]),
    }
    const run = runInWorld(world)
    expect(ids(run.result.closest)).toEqual(['p1', 'p2'])
    expect(run.durationMs).toBe(1100 + 1200 + 101)
  })

  test('the follow-up asks only the nearest k + 4, and one more for each of them that is dead', () => {
    const seeds = Array.from({ length: 60 }, (_, i) => smallPeer(i + 1))
    const world = {
      target: Uint8Array.of(0, 0),
      self: smallPeer(0xffff),
      peers: new Map<string, Peer>(),
      behaviours: new Map<string, Behaviour>(),
      seeds,
      order: [99],
      names: new Map<string, Peer[]>(),
    }
    const settings = { k: 20, alpha: 10, beta: 3, followUpExtra: 4 }
    expect(runInWorld(world, { settings }).asked.length).toBeLessThanOrEqual(24)
    const behaviours = new Map<string, Behaviour>([1, 2, 3, 4, 5].map((at) => [`p${at}`, 'refuses']))
    const withDead = runInWorld({ ...world, behaviours }, { settings })
    expect(withDead.asked.length).toBeGreaterThan(25)
    expect(withDead.asked.length).toBeLessThanOrEqual(5 + 24 + 5)
  })

  test('peers whose last request failed are asked only when nobody else is left', () => {
    fc.assert(
      fc.property(worlds(honest), (world) => {
        const dead = [...world.peers.keys()].filter((_, index) => index % 3 === 1)
        const doubts = new Map(dead.map((id): [string, PeerDoubt] => [id, 'dead']))
        runInWorld(world, {
          doubts,
          onTick: (lookup, actions) => {
            const askedDead = actions.some((action) => action.type === 'query' && doubts.has(action.peer.id))
            if (!askedDead) return
            const others = [...lookup.candidates()].filter(({ doubt }) => doubt === 'none')
            expect(others.every(({ state }) => state !== 'heard' && state !== 'in-flight')).toBe(true)
          },
        })
      }),
    )
  })

  test('§8.22 made-up closer peers without end leave memory and requests bounded', () => {
    const world = {
      target: Uint8Array.of(0, 0),
      self: smallPeer(0xffff),
      peers: new Map<string, Peer>(),
      behaviours: new Map<string, Behaviour>(),
      seeds: [smallPeer(0xfffe)],
      order: [1],
      // 10,000 a reply, of which the first 40 are always a little closer.
      names: {
        get: (id: string) => {
          const at = Number(id.slice(1))
          return Array.from({ length: 10_000 }, (_, i) => smallPeer(Math.max(0, at - 1 - i)))
        },
      },
    }
    let mostHeard = 0
    const run = runInWorld(world, {
      onTick: (lookup) => {
        const heard = [...lookup.candidates()].filter(({ state }) => state === 'heard').length
        mostHeard = Math.max(mostHeard, heard)
      },
    })
    expect(mostHeard).toBe(testSettings.maxCandidates)
    expect(run.result.reason).toBe('limit')
    expect(run.asked.length).toBe(testSettings.maxRequests)
  }, 60_000)

  test('§8.23 silent peers in all places do not hold the lookup to the hard deadline', () => {
    const silent = Array.from({ length: 20 }, (_, i) => `p${i + 1}`)
    const world = {
      target: Uint8Array.of(0, 0),
      self: smallPeer(0xffff),
      peers: new Map<string, Peer>(),
      behaviours: new Map(silent.map((id): [string, Behaviour] => [id, 'silent'])),
      seeds: Array.from({ length: 26 }, (_, i) => smallPeer(i + 1)),
      order: [99],
      names: new Map<string, Peer[]>(),
    }
    const run = runInWorld(world, { softDeadlineMs: 100 })
    expect(ids(run.result.closest)).toEqual(['p21', 'p22', 'p23', 'p24', 'p25'])
    expect(run.durationMs).toBeLessThan(1200)
  })

  test('of one IP group a response adds three peers at most', () => {
    const lookup = new Lookup({
      target: Uint8Array.of(0, 0),
      selfId: 'self',
      seeds: [smallPeer(1000)],
      settings: testSettings,
      softDeadlineMs: () => 1000,
      groupOf: (peer) => (position(peer) < 100 ? 'attacker' : undefined),
      nowMs: 0,
    })
    lookup.tick(0)
    const heard = lookup.onResponse('p1000', [1, 2, 3, 4, 5, 200, 201, 202, 203].map(smallPeer))
    expect(heard.map(({ peer }) => peer.id)).toEqual(['p1', 'p2', 'p3', 'p200', 'p201', 'p202', 'p203'])
  })
})
