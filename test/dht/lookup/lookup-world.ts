import fc from 'fast-check'
import type { PeerDoubt } from '../../../src/dht/lookup/candidate.ts'
import {
  Lookup,
  type LookupAction,
  type LookupInit,
  type LookupResult,
  type LookupSettings,
} from '../../../src/dht/lookup/lookup.ts'
import type { Peer } from '../../../src/dht/peer.ts'

/** Keys of two bytes: distances can be read, and 60 peers are a crowd. */
export function smallPeer(position: number): Peer {
  const key = Uint8Array.of(position >> 8, position & 0xff)
  return {
    id: `p${position}`,
    bytes: key,
    key,
    addrs: [Uint8Array.of(4, 127, 0, 0, 1, 6, key[0] ?? 0, key[1] ?? 0)],
  }
}

export function position(peer: Peer): number {
  return ((peer.key[0] ?? 0) << 8) | (peer.key[1] ?? 0)
}

/** The oracle: scan and sort. */
export function bruteForceClosest(peers: Iterable<Peer>, target: Uint8Array, count: number): string[] {
  const at = ((target[0] ?? 0) << 8) | (target[1] ?? 0)
  return [...peers]
    .sort((a, b) => (position(a) ^ at) - (position(b) ^ at))
    .slice(0, count)
    .map(({ id }) => id)
}

export const testSettings: LookupSettings = {
  k: 5,
  alpha: 3,
  beta: 2,
  followUpExtra: 1,
  maxCandidates: 200,
  maxClosersPerResponse: 40,
  maxPerGroup: 3,
  maxRequests: 500,
  hardDeadlineMs: 10_000,
  timeLimitMs: 60_000,
  stragglerMs: 500,
}

export type Behaviour = 'answers' | 'late' | 'refuses' | 'silent'

/** A network of small peers: who is there, whom each would name, how each behaves. */
export interface SmallWorld {
  target: Uint8Array
  self: Peer
  peers: Map<string, Peer>
  names: { get(id: string): Peer[] | undefined }
  behaviours: Map<string, Behaviour>
  seeds: Peer[]
  /** Decides which outstanding request ends next, and how. */
  order: number[]
}

const positions = fc.uniqueArray(fc.integer({ min: 0, max: 0xffff }), {
  minLength: 2,
  maxLength: 60,
  size: 'max',
})

/** Any network: names are arbitrary, may hold ourselves, repetitions, and peers that do not exist. */
export function worlds(
  behaviours: fc.Arbitrary<Behaviour>,
): fc.Arbitrary<SmallWorld & { names: Map<string, Peer[]> }> {
  return positions.chain((all) =>
    fc
      .record({
        target: fc.uint8Array({ minLength: 2, maxLength: 2 }),
        names: fc.array(fc.array(fc.nat(all.length - 1), { maxLength: 12, size: 'max' }), {
          minLength: all.length,
          maxLength: all.length,
        }),
        behaviours: fc.array(behaviours, { minLength: all.length, maxLength: all.length }),
        seeds: fc.array(fc.nat(all.length - 1), { maxLength: 6, size: 'max' }),
        order: fc.array(fc.nat(1000), { minLength: 1, maxLength: 100, size: 'max' }),
      })
      .map((drawn) => {
        const peers = all.map(smallPeer)
        const at = (index: number) => peers[index] as Peer
        return {
          target: drawn.target,
          self: at(0),
          peers: new Map(peers.map((peer) => [peer.id, peer])),
          names: new Map(peers.map(({ id }, i) => [id, (drawn.names[i] ?? []).map(at)])),
          behaviours: new Map(peers.map(({ id }, i) => [id, drawn.behaviours[i] ?? 'answers'])),
          seeds: drawn.seeds.map(at),
          order: drawn.order,
        }
      }),
  )
}

/** What happened in a run, for properties to look at. */
export interface Run {
  lookup: Lookup
  result: LookupResult
  asked: string[]
  responded: Set<string>
  released: Set<string>
  /** Every peer named to the lookup or given as a seed, without ourselves. */
  heard: Map<string, Peer>
  slow: Set<string>
  durationMs: number
  /** When the last answer or failure was given to it. */
  lastInputMs: number
  /** Times `done` was handed out. */
  ends: number
}

export interface RunOptions {
  settings?: Partial<LookupSettings>
  softDeadlineMs?: number
  doubts?: Map<string, PeerDoubt>
  groupOf?: LookupInit['groupOf']
  /** Called after every tick with its actions; may give further inputs. */
  onTick?: (lookup: Lookup, actions: LookupAction[], run: Omit<Run, 'result'>, nowMs: number) => void
}

interface Outstanding {
  id: string
  atMs: number
  fails: boolean
}

/** Drives a lookup through a small world in virtual time until it is done. */
export function runInWorld(world: SmallWorld, options: RunOptions = {}): Run {
  const settings = { ...testSettings, ...options.settings }
  let nowMs = 0
  let draws = 0
  const draw = () => world.order[draws++ % world.order.length] ?? 0
  const lookup = new Lookup({
    target: world.target,
    selfId: world.self.id,
    seeds: world.seeds,
    settings,
    softDeadlineMs: () => options.softDeadlineMs ?? 1000,
    doubtOf: (id) => options.doubts?.get(id) ?? 'none',
    ...(options.groupOf && { groupOf: options.groupOf }),
    nowMs,
  })
  const heard = new Map(world.seeds.filter(({ id }) => id !== world.self.id).map((peer) => [peer.id, peer]))
  const run: Run = {
    lookup,
    result: {
      reason: 'failed' as never,
      closest: [],
      counts: { heard: 0, asked: 0, replied: 0, failed: 0, slow: 0, hops: 0 },
    },
    asked: [],
    responded: new Set(),
    released: new Set(),
    heard,
    slow: new Set(),
    durationMs: 0,
    lastInputMs: 0,
    ends: 0,
  }
  const outstanding: Outstanding[] = []
  for (let steps = 0; steps < 10_000; steps++) {
    const actions = lookup.tick(nowMs)
    let wakeMs = Number.POSITIVE_INFINITY
    for (const action of actions) {
      if (action.type === 'query') {
        run.asked.push(action.peer.id)
        const outcome = answerTime(world.behaviours.get(action.peer.id) ?? 'answers', draw())
        if (outcome !== undefined)
          outstanding.push({ id: action.peer.id, ...outcome, atMs: nowMs + outcome.delayMs })
      } else if (action.type === 'slow') run.slow.add(action.peer.id)
      else if (action.type === 'release') run.released.add(action.peer.id)
      else if (action.type === 'wait') wakeMs = action.untilMs
      else if (action.type === 'done') {
        run.ends++
        run.result = action.result
        run.durationMs = nowMs
      }
    }
    options.onTick?.(lookup, actions, run, nowMs)
    if (run.ends > 0) return run
    outstanding.sort((a, b) => a.atMs - b.atMs)
    const next = outstanding[0]
    if (next === undefined || next.atMs > wakeMs) {
      nowMs = Math.max(nowMs, wakeMs)
      continue
    }
    outstanding.shift()
    nowMs = next.atMs
    run.lastInputMs = nowMs
    const wasReleased = run.released.has(next.id)
    if (next.fails) lookup.onFailure(next.id)
    else {
      const names = world.names.get(next.id) ?? []
      lookup.onResponse(next.id, names)
      if (!wasReleased) {
        run.responded.add(next.id)
        for (const peer of names) if (peer.id !== world.self.id) heard.set(peer.id, peer)
      }
    }
  }
  throw new Error('The lookup did not end within 10,000 steps.')
}

function answerTime(behaviour: Behaviour, draw: number): { delayMs: number; fails: boolean } | undefined {
  switch (behaviour) {
    case 'answers':
      return { delayMs: 1 + (draw % 900), fails: false }
    case 'late':
      return { delayMs: 1100 + draw * 12, fails: false }
    case 'refuses':
      return { delayMs: 1 + (draw % 900), fails: true }
    case 'silent':
      return undefined
  }
}
