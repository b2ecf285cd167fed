import { sha256 } from '@noble/hashes/sha2.js'
import { describe, expect, test } from 'vitest'
import { EventHub } from '../../../src/dht/event-hub.ts'
import { compareDistance, type Key } from '../../../src/dht/key.ts'
import { SizeEstimator } from '../../../src/main/api/feed/size-estimator.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

const counts = { heard: 0, asked: 0, replied: 0, failed: 0, slow: 0, stored: 0, hops: 0 }
const place = (name: string): Key => sha256(new TextEncoder().encode(name))

/** Lookups of so many different keys in a network of so many peers, each finding the 20 nearest. */
function estimateAfter(
  lookups: number,
  peers: number,
  targets = lookups,
): ReturnType<SizeEstimator['estimate']> {
  const ids = Array.from({ length: peers }, (_, i) => `peer ${i}`)
  const places = new Map(ids.map((id) => [id, place(id)]))
  const estimator = new SizeEstimator((id) => places.get(id))
  const hub = new EventHub(new VirtualClock())
  hub.subscribe((event) => estimator.take(event))
  for (let operationId = 1; operationId <= lookups; operationId++) {
    const key = new TextEncoder().encode(`key ${operationId % targets}`)
    const target = sha256(key)
    const closest = ids
      .toSorted((a, b) => compareDistance(places.get(a) ?? target, places.get(b) ?? target, target))
      .slice(0, 20)
    const started = { type: 'operation:started', kind: 'CLOSEST_PEERS', k: 20, alpha: 3, beta: 3 } as const
    hub.publish({ ...started, operationId, key, target })
    const ended = { type: 'operation:ended', reason: 'converged', durationMs: 1, counts, result: '' } as const
    hub.publish({ ...ended, operationId, closest })
  }
  return estimator.estimate()
}

describe('the estimate of a network’s size', () => {
  test.each([50, 500, 3000])('is within a fifth of %d peers after forty lookups', (peers) => {
    const { nodes = 0, samples } = estimateAfter(40, peers) ?? {}
    expect(samples).toBe(40)
    expect(Math.abs(nodes - peers) / peers).toBeLessThan(0.2)
  })

  test('waits for enough lookups, of different keys', () => {
    expect(estimateAfter(4, 100)).toBeUndefined()
    expect(estimateAfter(100, 100, 3)).toBeUndefined()
  })
})
