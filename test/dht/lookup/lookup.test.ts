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
            const waiting = states.slice(0, Math.max(0, farthestAsked)).filter(({ state }) => state === 'heard')
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
        const pending = [...run.lookup.candidates()].filter(({ state }) => state === 'in-flight' || state === 'slow')
        for (const { peer } of pending) expect(run.released).toContain(peer.id)
      }),
    )
  })

  test('ends as stopped with what there is when the caller has what it wanted', () => {
    fc.assert(
      fc.property(worlds(honest), (world) => {
        const run = runInWorld(world, { onTick: (lookup, _actions, { responded }) => responded.size > 0 && lookup.stop() })
        if (run.responded.size === 0) return
        expect(['stopped', 'starved', 'converged']).toContain(run.result.reason)
        expect(run.result.closest.length).toBeGreaterThan(0)
      }),
    )
  })

  test('peers known to be silent cost no time: the lookup takes as long as if they were not there', () => {
    const behaviours = fc.constantFrom<Behaviour>('answers', 'answers', 'silent')
    fc.assert(
      fc.property(worlds(behaviours), (world) => {
        const silent = [...world.behaviours].filter(([, behaviour]) => behaviour === 'silent').map(([id]) => id)
        const doubts = new Map(silent.map((id): [string, PeerDoubt] => [id, 'slow']))
        const remembered = runInWorld(world, { doubts, settings: { alpha: 60, stragglerMs: 0 } })
        const fresh = new Set(silent)
        const without = {
          ...world,
          order: [500],
          seeds: world.seeds.filter(({ id }) => !fresh.has(id)),
          names: new Map([...world.names].map(([id, names]) => [id, names.filter((peer) => !fresh.has(peer.id))])),
        }
        const clean = runInWorld(without, { settings: { alpha: 60 } })
        const same = runInWorld({ ...world, order: [500] }, { doubts, settings: { alpha: 60, stragglerMs: 0 } })
        expect(ids(same.result.closest)).toEqual(ids(clean.result.closest))
        if (same.result.closest.length > 0) expect(same.durationMs).toBe(clean.durationMs)
        expect(remembered.slow.size).toBe(0)
      }),
    )
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

  test('ten thousand made-up closer peers leave memory and requests bounded', () => {
    const world = {
      target: Uint8Array.of(0, 0),
      self: smallPeer(0xffff),
      peers: new Map<string, Peer>(),
      behaviours: new Map<string, Behaviour>(),
      seeds: [smallPeer(0x8000)],
      order: [1],
      names: {
        get: (id: string) => {
          const at = Number(id.slice(1))
          return Array.from({ length: 10_000 }, (_, i) => smallPeer((at * 7 + i * 3 + 1) % 0x8000))
        },
      },
    }
    const run = runInWorld(world, {
      onTick: (lookup) => {
        const states = [...lookup.candidates()].map(({ state }) => state)
        expect(states.filter((state) => state === 'heard').length).toBeLessThanOrEqual(testSettings.maxCandidates)
      },
    })
    expect(run.asked.length).toBeLessThanOrEqual(testSettings.maxRequests)
  }, 60_000)

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
