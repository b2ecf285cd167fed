import { expect, test } from 'vitest'
import { DHTMode } from '../../src/dht/index.ts'
import { SeededRandom } from '../../src/sim/seeded-random.ts'
import { makeHost, Swarm } from '../dht/loopback.ts'
import { closed, nextMessage, PROTOCOL, sendMessage } from '../dht/rpc/raw-streams.ts'
import { message } from '../dht/rpc/server-world.ts'
import { BorderFuzz, corpus } from './border.ts'
import { Mutator } from './mutator.ts'

/** A new one each time: a failure names it. */
const seed = String(Date.now())

test(`§8.7 20,000 broken frames pass the border of a server without a throw (seed ${seed})`, async () => {
  const fuzz = await BorderFuzz.make(seed)
  await fuzz.run(20_000)
  for (const count of Object.values(fuzz.counts)) expect(count).toBeGreaterThan(0)
})

test('the same seed gives the same frames', () => {
  const [one, other] = [1, 2].map(() => new Mutator(new SeededRandom('same'), corpus()))
  for (let i = 0; i < 1_000; i++) expect(one?.next()).toEqual(other?.next())
})

test(`§8.7 a real server outlives 300 of them, each on a stream of its own (seed ${seed})`, async () => {
  await using swarm = new Swarm()
  const server = await swarm.add(DHTMode.SERVER, { limits: { rates: false } })
  const client = await makeHost({ isListening: false })
  try {
    const mutator = new Mutator(new SeededRandom(seed), corpus())
    for (let i = 0; i < 300; i++) {
      const stream = await client.dialProtocol(server.address, PROTOCOL)
      const over = closed(stream)
      stream.send(mutator.next())
      // The server may have reset it by now.
      await stream.close().catch(() => {})
      await over
    }
    const stream = await client.dialProtocol(server.address, PROTOCOL)
    sendMessage(stream, message('PING'))
    expect((await nextMessage(stream)).type).toBe(5)
    expect(client.getConnections()).toHaveLength(1)
  } finally {
    await client.stop()
  }
})
