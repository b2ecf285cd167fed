import { describe, expect, test } from 'vitest'
import { findProviders } from '../../src/dht/operations/find-providers.ts'
import { getValue } from '../../src/dht/operations/get-value.ts'
import { provide } from '../../src/dht/operations/provide.ts'
import { putValue } from '../../src/dht/operations/put-value.ts'
import { NamespacedValidator } from '../../src/dht/records/namespaced-validator.ts'
import { Churn } from '../../src/sim/churn.ts'
import { FullNode } from '../../src/sim/full-node.ts'
import { runWorld } from '../../src/sim/run-world.ts'
import type { World } from '../../src/sim/world.ts'

const HOUR_MS = 3_600_000
const NODES = 30
const K = 8
const VALUES = 12

const validator = new NamespacedValidator({ n: { validate: () => {}, select: () => 0 } })
const keyOf = (i: number) => new TextEncoder().encode(`/n/${i}`)

/** Maintenance rarer by far than a node's own (every 10 minutes): what holds here holds there. */
function makeNode(world: World): FullNode {
  return new FullNode(world, {
    validator,
    settings: { k: K, alpha: K },
    maintenance: { refresh: { intervalMs: 6 * HOUR_MS }, liveness: { unheardMs: 3 * HOUR_MS } },
  })
}

/** A network of whole nodes in which everybody has found everybody's neighbourhood. */
async function network(world: World): Promise<FullNode[]> {
  const nodes = Array.from({ length: NODES }, () => makeNode(world))
  const [first] = nodes
  if (first === undefined) throw new Error('no nodes')
  for (const node of nodes) node.start(node === first ? [] : [first.peer])
  await world.clock.advance(120_000)
  return nodes
}

describe('half of the nodes are replaced within 24 hours, republish and reprovide on', () => {
  test('every value and every provider is found by every reader at all times', async () => {
    const run = await runWorld({ seed: 'churn', servers: 0, k: K, validator }, async (world) => {
      const nodes = await network(world)
      const [publisher] = nodes
      if (publisher === undefined) throw new Error('no nodes')
      const { clock } = world
      for (let i = 0; i < VALUES; i++) {
        await clock.runUntil(putValue(publisher.context, keyOf(i), Uint8Array.of(i)))
        await clock.runUntil(provide(publisher.context, keyOf(i)))
      }
      const churn = new Churn(world, nodes.slice(1), { makeNode: () => makeNode(world) })
      churn.start()
      let [asked, got, found] = [0, 0, 0]
      for (let hours = 0; hours < 30; hours += 6) {
        await clock.advance(6 * HOUR_MS)
        for (let i = 0; i < VALUES; i++) {
          const { context } = world.random.pick(churn.nodes)
          const { value } = await clock.runUntil(getValue(context, keyOf(i), { skipLocal: true }))
          const { providers } = await clock.runUntil(findProviders(context, keyOf(i)))
          asked++
          if (value?.[0] === i) got++
          if (providers.some(({ peer }) => peer.id === publisher.peer.id)) found++
        }
      }
      churn.stop()
      return { asked, got, found, left: churn.left }
    })
    expect(run.left).toBeGreaterThanOrEqual(NODES / 2)
    expect(run.got / run.asked).toBeGreaterThanOrEqual(0.999)
    expect(run.found / run.asked).toBeGreaterThanOrEqual(0.999)
  }, 120_000)
})
