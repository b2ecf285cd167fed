import { expect, test } from 'vitest'
import { DHTMode } from '../../src/dht/index.ts'
import { nextEvent, Swarm } from './loopback.ts'

test('a node bootstrapped at one peer fills its table by its first refresh', async () => {
  await using swarm = new Swarm()
  const nodes = await swarm.addServers(8)
  const last = await swarm.addStopped(DHTMode.SERVER, { bootstrap: [nodes[0]?.address ?? ''] })
  const refreshed = nextEvent(last, 'maintenance:done')
  await last.dht.start()
  expect((await refreshed).result).toBe('bootstrapped: 0 peers before, 8 now')
  expect(last.dht.getRoutingTableSize()).toBe(8)
})
