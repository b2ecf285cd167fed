import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient, ORPCError } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { contract } from '../../../src/shared/contract.ts'
import type { FeedBatch, FeedEvent } from '../../../src/shared/feed.ts'
import { type SmallNetwork, startSmallNetwork } from './small-network.ts'

type Client = ContractRouterClient<typeof contract>

let network: SmallNetwork
let networkId = ''
let server: Server
const closers: (() => void)[] = []

beforeAll(async () => {
  network = await startSmallNetwork()
  networkId = network.networkId
  server = createServer().listen(0, '127.0.0.1')
  new WebSocketServer({ server }).on('connection', (socket) => network.app.attachSocket(socket))
  await once(server, 'listening')
  await firstEvents(network.app.client, (events) => peersOf(events).some(({ state }) => state === 'live'))
})

afterAll(async () => {
  for (const close of closers) close()
  server.close()
  await network.close()
})

function overPort(): Client {
  const { port1, port2 } = new MessageChannel()
  closers.push(network.app.attachPort(port1))
  return createORPCClient(new PortLink({ port: port2 }))
}

async function overSocket(): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  closers.push(() => socket.close())
  await once(socket, 'open')
  return createORPCClient(new SocketLink({ websocket: socket as unknown as globalThis.WebSocket }))
}

const transports: [string, () => Client | Promise<Client>][] = [
  ['a MessagePort', overPort],
  ['a WebSocket', overSocket],
  ['no wire', () => network.app.client],
]

/** The events of a feed until they are enough; every batch is acknowledged. */
async function firstEvents(client: Client, isEnough: (events: FeedEvent[]) => boolean): Promise<FeedEvent[]> {
  const seen: FeedEvent[] = []
  for await (const { feedId, seq, events } of await client.feed.subscribe()) {
    seen.push(...events)
    if (isEnough(seen)) return seen
    await client.feed.acknowledge({ feedId, seq })
  }
  throw new Error('The feed ended.')
}

const peersOf = (events: FeedEvent[]) =>
  events.flatMap((event) => {
    if (event.type === 'snapshot:taken') return event.snapshot.peers
    return event.type === 'peers:changed' ? event.changed : []
  })

const utf8 = (data: string) => ({ encoding: 'utf8' as const, data })

async function refusalOf(command: Promise<unknown>): Promise<ORPCError<string, unknown>> {
  const error = await command.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ORPCError)
  return error as ORPCError<string, unknown>
}

describe.each(transports)('over %s', (name, connect) => {
  let client: Client
  const namespace = `t${transports.findIndex(([other]) => other === name)}`
  beforeAll(async () => {
    client = await connect()
  })

  test('the feed begins with a snapshot of the running network, numbered from 1', async () => {
    for await (const batch of await client.feed.subscribe()) {
      const [first] = batch.events
      expect(batch).toMatchObject({ seq: 1, networkId, dropped: 0 })
      expect(first?.type === 'snapshot:taken' && first.snapshot).toMatchObject({
        activeNetworkId: networkId,
        node: { networkId, mode: 'SERVER', modeEvidence: 'Set by the configuration.' },
      })
      break
    }
  })

  test('a value is refused, then with a validator published, found and told by the feed', async () => {
    const key = `/${namespace}/hello`
    const refused = await client.validators.check({ networkId, key, value: utf8('hi') })
    expect(refused).toMatchObject({ ok: false, reason: expect.stringContaining('No validator') })
    await client.validators.register({ networkId, namespace, definition: { kind: 'utf8' } })
    const told = firstEvents(client, (events) =>
      events.some((e) => e.type === 'records:changed' && e.changed.some((row) => row.key.text === key)),
    )
    const { id } = await client.operations.start({ networkId, kind: 'PUT_VALUE', key, value: utf8('hi') })
    const put = await client.operations.result({ id })
    expect(put.operation).toMatchObject({ id, outcome: 'ok', networkId })
    expect(put.stored?.filter(({ ok }) => ok).length).toBeGreaterThan(0)
    await told
    const got = await client.operations.start({ networkId, kind: 'GET_VALUE', key, quorum: 1 })
    expect(await client.operations.result({ id: got.id })).toMatchObject({ value: 'aGk=' })
  })

  test('an invalid value is refused with its reason before anything is sent', async () => {
    const key = `/${namespace}/hello`
    const value = { encoding: 'hex' as const, data: 'ff' }
    const { id } = await client.operations.start({ networkId, kind: 'PUT_VALUE', key, value })
    const { operation } = await client.operations.result({ id })
    expect(operation).toMatchObject({ reason: 'refused', outcome: 'rejected', counts: { asked: 0 } })
    expect(operation.error?.message).toMatch(/UTF-8/i)
  })

  test('refusals have a stable code and a sentence', async () => {
    const get = (key: string, id = networkId) =>
      client.operations.start({ networkId: id, kind: 'GET_VALUE', key })
    const refusals = await Promise.all([
      refusalOf(get('note/hello')),
      refusalOf(get('/x/y', 'amino')),
      refusalOf(get('/x/y', 'nowhere')),
      refusalOf(get('')),
      refusalOf(client.operations.trace({ id: 'nobody-1' })),
      refusalOf(client.rpcs.get({ id: 'nobody-r1' })),
      refusalOf(client.feed.resync({ feedId: 'nobody' })),
      refusalOf(client.peers.dial({ networkId, address: 'nonsense' })),
      refusalOf(client.networks.remove({ networkId: 'amino' })),
      refusalOf(client.validators.remove({ networkId, namespace: 'nobody' })),
    ])
    expect(refusals.map(({ code }) => code)).toEqual([
      'ERR_INVALID_KEY',
      'ERR_NETWORK_NOT_RUNNING',
      'ERR_UNKNOWN_NETWORK',
      'BAD_REQUEST',
      'ERR_UNKNOWN_OPERATION',
      'ERR_UNKNOWN_RPC',
      'ERR_FEED_ENDED',
      'ERR_INVALID_ADDRESS',
      'ERR_NETWORK_BUILT_IN',
      'ERR_VALIDATOR_UNKNOWN',
    ])
    for (const { message } of refusals) expect(message).toMatch(/^.{15,}$/)
  })
})

describe('an operation', () => {
  let client: Client
  beforeAll(() => {
    client = overPort()
  })

  test('its trace is watched as it grows, and is the same when read afterwards', async () => {
    const batches: FeedBatch[] = []
    const feed = await client.feed.subscribe()
    const first = await feed.next()
    if (first.done) throw new Error('The feed ended.')
    const { feedId } = first.value
    const { id } = await client.operations.start({ networkId, kind: 'CLOSEST_PEERS', key: '/x/closest' })
    await client.feed.watch({ feedId, traceIds: [id] })
    await client.feed.acknowledge({ feedId, seq: 1 })
    const hasEnded = ({ events }: FeedBatch) =>
      events.some(
        (e) => e.type === 'operations:changed' && e.rows.some((r) => r.id === id && r.outcome === 'ok'),
      )
    for await (const batch of feed) {
      batches.push(batch)
      await client.feed.acknowledge({ feedId: batch.feedId, seq: batch.seq })
      if (hasEnded(batch)) break
    }
    expect(batches.map(({ seq }) => seq)).toEqual(batches.map((_, i) => i + 2))
    const { events, operation } = await client.operations.trace({ id })
    expect(operation).toMatchObject({ id, kind: 'CLOSEST_PEERS' })
    expect(events[0]?.type).toBe('operation:started')
    expect(events.at(-1)?.type).toBe('operation:ended')
    const grown = batches.flatMap((b) => b.events).filter((e) => e.type === 'trace:grew')
    for (const part of grown) {
      const same = events.slice(part.fromIndex, part.fromIndex + part.events.length)
      expect(part.events.map((e) => e.type)).toEqual(same.map((e) => e.type))
    }
  })

  test.each(['ndjson', 'json', 'csv', 'chrome-trace'] as const)('is exported as %s', async (format) => {
    const { id } = await client.operations.start({ networkId, kind: 'CLOSEST_PEERS', key: '/x/export' })
    await client.operations.result({ id })
    const file = await client.operations.export({ ids: [id], format })
    expect(file.text.length).toBeGreaterThan(100)
    expect(file.fileName).toContain(id)
  })

  test('is cancelled by its id', async () => {
    const { id } = await client.operations.start({ networkId, kind: 'CLOSEST_PEERS', key: '/x/cancelled' })
    await client.operations.cancel({ id })
    const { operation } = await client.operations.result({ id })
    expect(['cancelled', 'ok']).toContain(operation.outcome)
    await client.operations.cancel({ id })
  })

  test('is listed newest first, page by page, until it is removed', async () => {
    const first = await client.operations.list({ networkId, limit: 1 })
    const [newest] = first.rows
    if (newest === undefined) throw new Error('There is no operation.')
    const second = await client.operations.list({ networkId, limit: 1, before: newest })
    expect(first.hasMore).toBe(true)
    expect(second.rows[0]?.startedAt).toBeLessThanOrEqual(newest.startedAt)
    await client.operations.remove({ ids: [newest.id] })
    expect((await client.operations.list({ networkId, limit: 1 })).rows[0]?.id).not.toBe(newest.id)
  })
})

describe('a peer', () => {
  test('is described, pinged, and asked by hand', async () => {
    const client = overPort()
    const events = await firstEvents(client, (seen) => peersOf(seen).length > 0)
    const { id } = peersOf(events)[0] ?? { id: '' }
    const detail = await client.peers.get({ networkId, id })
    expect(detail).toMatchObject({ id, row: { state: 'live', connected: true } })
    expect(detail.connections.length).toBeGreaterThan(0)
    expect((await client.peers.ping({ networkId, id })).rttMs).toBeGreaterThanOrEqual(0)
    const asked = await client.peers.request({ networkId, id, type: 'FIND_NODE' })
    expect(asked).toMatchObject({ ok: true, message: expect.stringContaining('Answered in') })
    const rpc = await client.rpcs.get({ id: asked.rpcId })
    expect(rpc).toMatchObject({ row: { peer: id, purpose: 'manual' }, request: expect.any(String) })
  })
})

test('the table’s past and the stores are listed', async () => {
  const { client } = network.app
  const { rows } = await client.table.history({ networkId })
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1))
  expect(rows.some(({ change }) => change === 'added')).toBe(true)
  const records = await client.records.list({ networkId, limit: 1 })
  expect(records).toMatchObject({ hasMore: true, rows: [{ isOwn: true }] })
  const hex = records.rows[0]?.key.hex ?? ''
  expect(await client.records.get({ networkId, key: hex })).toMatchObject({ value: 'aGk=' })
  expect(await client.records.remove({ networkId, keys: [hex] })).toEqual({ removed: 1 })
  expect((await refusalOf(client.records.get({ networkId, key: hex }))).code).toBe('ERR_UNKNOWN_RECORD')
})

test('a network of one’s own is added, kept in the list, and removed', async () => {
  const { client } = network.app
  const custom = { name: 'Mine', protocol: '/mine/kad/1.0.0', bootstrap: [] }
  const first = await client.networks.addCustom(custom)
  const second = await client.networks.addCustom(custom)
  expect(second.networkId).not.toBe(first.networkId)
  await client.networks.remove(first)
  await client.networks.remove(second)
  expect((await refusalOf(client.networks.remove(first))).code).toBe('ERR_UNKNOWN_NETWORK')
})
