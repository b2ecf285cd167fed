import { describe, expect, test } from 'vitest'
import { RequestError } from '../../../src/dht/network.ts'
import { findNode } from '../../../src/dht/operations/closest-peers.ts'
import { madeUpPeer } from '../../../src/sim/made-up-peers.ts'
import { TestWorld, text } from './network-world.ts'

const message = findNode(text('a'))

/** A world, one server its client knows and one it does not. */
function setUp() {
  const test = new TestWorld()
  const [known] = test.world.live.peers
  const unknown = test.world.live.peers[40]
  if (known === undefined || unknown === undefined) throw new Error('no peers')
  return { test, known, unknown, requests: test.client.requests }
}

async function failureOf(test: TestWorld, request: Promise<unknown>): Promise<RequestError> {
  const error = await test.run(request.catch((reason: unknown) => reason))
  if (error instanceof RequestError) return error
  throw new Error('The request did not fail as requests do.')
}

describe('Requests', () => {
  test('publishes a request and its reply under one id, with what the asker made of it', async () => {
    const { test, known, requests } = setUp()
    const facts = { heard: [], dropped: 3, late: true }
    const { rpcId, reply } = await test.run(
      requests.send(known, message, { purpose: 'manual', hop: 2, cause: 'x', takeReply: () => facts }),
    )
    expect(reply?.closerPeers.length).toBeGreaterThan(0)
    expect(test.eventsOf('rpc:sent')).toMatchObject([
      { rpcId, peer: known.id, hop: 2, cause: 'x', purpose: 'manual' },
    ])
    expect(test.eventsOf('rpc:replied')).toMatchObject([{ rpcId, peer: known.id, ...facts }])
  })

  test('a server that answers and is not in the table is offered to it', async () => {
    const { test, unknown, requests } = setUp()
    expect(test.client.table.entry(unknown.id)).toBeUndefined()
    await test.run(requests.send(unknown, message, { purpose: 'manual' }))
    expect(test.client.table.entry(unknown.id)).toBeDefined()
    expect(requests.memory.nearest(unknown.key, 1)).toEqual([unknown])
  })

  test('two failures in a row put a peer out of the table, an answer between them does not', async () => {
    const { test, known, requests } = setUp()
    const send = () => requests.send(known, message, { purpose: 'manual' })
    const node = test.node(known)
    for (const behaviour of ['resetting', 'honest', 'resetting'] as const) {
      node.behaviour = behaviour
      await test.run(send().catch(() => {}))
    }
    expect(test.client.table.entry(known.id)).toBeDefined()
    node.behaviour = 'resetting'
    expect((await failureOf(test, send())).failure).toBe('reset')
    expect(test.client.table.entry(known.id)).toBeUndefined()
  })

  test('a peer that does not serve the protocol leaves the table at once', async () => {
    const { test, known, requests } = setUp()
    test.node(known).behaviour = 'client'
    const { failure } = await failureOf(test, requests.send(known, message, { purpose: 'manual' }))
    expect(failure).toBe('unsupported')
    expect(test.client.table.entry(known.id)).toBeUndefined()
  })

  test('stop ends what is under way at once and refuses what comes later', async () => {
    const { test, known, requests } = setUp()
    test.node(known).behaviour = 'silent'
    const request = failureOf(test, requests.send(known, message, { purpose: 'manual' }))
    requests.stop()
    expect((await request).failure).toBe('cancelled')
    expect((await failureOf(test, requests.send(known, message, { purpose: 'manual' }))).failure).toBe(
      'cancelled',
    )
    expect(test.world.clock.pendingTimers).toBe(0)
    expect(test.eventsOf('rpc:failed')).toHaveLength(2)
    test.node(known).behaviour = 'honest'
    requests.start()
    await test.run(requests.send(known, message, { purpose: 'manual' }))
  })

  test('an error no network should throw still costs one request and no more', async () => {
    const { test, known, requests } = setUp()
    test.node(known).responder = () => {
      throw new TypeError('a mistake')
    }
    const error = await failureOf(test, requests.send(known, message, { purpose: 'manual' }))
    expect([error.failure, error.message]).toEqual(['invalid', 'The request failed unexpectedly: a mistake'])
    expect(test.eventsOf('rpc:failed')).toHaveLength(1)
  })

  test('every failure has its name', async () => {
    const { test, requests } = setUp()
    const failures: Record<string, string> = {}
    for (const behaviour of ['refusing', 'undialable', 'silent', 'resetting', 'client'] as const) {
      const { peer } = test.world.add(madeUpPeer(test.world.random), behaviour)
      const startedMs = test.world.clock.monotonic()
      const { failure } = await failureOf(test, requests.send(peer, message, { purpose: 'manual' }))
      failures[behaviour] = failure
      expect(test.world.clock.monotonic() - startedMs).toBeLessThanOrEqual(10_000)
    }
    expect(failures).toEqual({
      refusing: 'dial',
      undialable: 'dial',
      silent: 'timeout',
      resetting: 'reset',
      client: 'unsupported',
    })
  })
})
