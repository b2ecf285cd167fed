import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { expect, test } from 'vitest'
import {
  CancelledError,
  DHTMode,
  type DhtEvent,
  NotAvailableError,
  peerFromInfo,
  pkKey,
} from '../../src/dht/index.ts'
import { VirtualClock } from '../../src/sim/virtual-clock.ts'
import { type LoopbackNode, makeHost, nextEvent, Swarm, text, until } from './loopback.ts'
import { PROTOCOL } from './rpc/raw-streams.ts'

async function publicKeyRecord() {
  const { publicKey } = await generateKeyPair('Ed25519')
  const id = publicKey.toMultihash().bytes
  return { key: pkKey(id), name: `/pk/${publicKey.toCID()}`, value: publicKeyToProtobuf(publicKey) }
}

async function cidOf(content: string): Promise<CID> {
  return CID.createV1(raw.code, await sha256.digest(text(content)))
}

const at = (nodes: LoopbackNode[], index: number): LoopbackNode => {
  const node = nodes.at(index)
  if (node === undefined) throw new Error(`There is no node ${index}.`)
  return node
}

test('a node bootstrapped at one peer fills its table by its first refresh', async () => {
  await using swarm = new Swarm()
  const nodes = await swarm.addServers(6)
  const last = await swarm.addStopped(DHTMode.SERVER, { bootstrap: [at(nodes, 0).address] })
  const refreshed = nextEvent(last, 'maintenance:done')
  await last.dht.start()
  expect((await refreshed).result).toBe('bootstrapped: 0 peers before, 6 now')
  expect(last.dht.getRoutingTableSize()).toBe(6)
})

test('a node without bootstrap peers fills its table from the first peer that connects', async () => {
  await using swarm = new Swarm()
  const nodes = await swarm.addServers(5)
  const last = await swarm.add(DHTMode.CLIENT)
  await last.host.dial(at(nodes, 0).address)
  await until(last, () => last.dht.getRoutingTableSize() === 5)
})

test('a bootstrap address without a peer id is dialled to learn it, and a dead one does no harm', async () => {
  await using swarm = new Swarm()
  const nodes = await swarm.addServers(2)
  const address = at(nodes, 0).address.decapsulate('/p2p')
  const last = await swarm.add(DHTMode.CLIENT, { bootstrap: ['/ip4/127.0.0.1/tcp/1', address] })
  await until(last, () => last.dht.getRoutingTableSize() === 2)
})

test('bootstrap is tried again, with growing pauses, until somebody answers', async () => {
  const clock = new VirtualClock()
  await using swarm = new Swarm()
  const late = await swarm.addStopped(DHTMode.SERVER)
  const node = await swarm.addStopped(DHTMode.CLIENT, { bootstrap: [late.address], clock })
  const tries: number[] = []
  node.dht.subscribe(({ type, monotonicMs }) => type === 'maintenance:done' && tries.push(monotonicMs))
  await node.dht.start()
  for (let done = 1; done <= 3; done++) {
    await until(node, () => tries.length === done)
    await clock.advance(1_000 * 2 ** (done - 1))
  }
  expect(tries.slice(0, 3)).toEqual([0, 1_000, 3_000])
  await until(node, () => tries.length === 4)
  await late.dht.start()
  await clock.advance(8_000)
  await until(node, () => node.dht.getRoutingTableSize() === 1)
})

test('what one node puts, another gets; what one provides, another finds', async () => {
  await using swarm = new Swarm()
  const nodes = await swarm.addServers(5)
  const { key, name, value } = await publicKeyRecord()
  expect(await at(nodes, 1).dht.putValue(key, value)).toMatchObject({ stored: 4, of: 4 })
  const client = await swarm.add(DHTMode.CLIENT, { bootstrap: [at(nodes, 2).address] })
  await client.dht.refreshRoutingTable()
  expect(await client.dht.getValue(name, 3)).toEqual(value)

  const cid = await cidOf('content')
  expect(await at(nodes, 3).dht.provide(cid.toString())).toBe(true)
  const [provider, ...others] = await client.dht.findProviders(cid.multihash.bytes)
  expect(others).toEqual([])
  expect(provider?.id.equals(at(nodes, 3).host.peerId)).toBe(true)
  expect(provider?.multiaddrs.length).toBeGreaterThan(0)
})

test('a peer is found by who never met it, a client too while somebody is connected to it', async () => {
  await using swarm = new Swarm()
  const nodes = await swarm.addServers(5)
  const bootstrap = [at(nodes, 0).address]
  const [client, seeker] = [
    await swarm.add(DHTMode.CLIENT, { bootstrap }),
    await swarm.add(DHTMode.CLIENT, { bootstrap }),
  ]
  await Promise.all([client, seeker].map(({ dht }) => dht.refreshRoutingTable()))
  const found = await seeker.dht.findPeer(client.host.peerId.toString())
  expect(found?.id.equals(client.host.peerId)).toBe(true)
  expect(
    await seeker.dht.findPeer((await generateKeyPair('Ed25519')).publicKey.toMultihash().bytes),
  ).toBeUndefined()
})

test('§8.19 a client neither handles nor advertises the protocol, and enters no table', async () => {
  await using swarm = new Swarm()
  const [server] = await swarm.addServers(1)
  const client = await swarm.add(DHTMode.CLIENT, { bootstrap: [server?.address ?? ''] })
  await until(client, () => client.dht.getRoutingTableSize() === 1)
  expect(client.host.getProtocols()).not.toContain(PROTOCOL)
  await expect(server?.host.dialProtocol(client.address, PROTOCOL)).rejects.toThrow(
    /protocol selection failed/i,
  )
  expect(await server?.dht.addPeer(client.host.peerId)).toBe(false)
  expect(server?.dht.getRoutingTableSize()).toBe(0)
})

test('a client that becomes a server is admitted by its peers, and dropped when it is one no more', async () => {
  await using swarm = new Swarm()
  const [server] = await swarm.addServers(1)
  if (server === undefined) throw new Error('no server')
  const node = await swarm.add(DHTMode.CLIENT, { bootstrap: [server.address] })
  await until(node, () => node.dht.getRoutingTableSize() === 1)
  expect(await node.dht.switchMode(DHTMode.SERVER)).toBe('SERVER')
  expect(node.dht.mode).toEqual({ configured: 'SERVER', effective: 'SERVER' })
  await until(server, () => server.dht.getRoutingTableSize() === 1)
  const stream = await server.host.dialProtocol(node.address, PROTOCOL)
  const over = new Promise((resolve) => stream.addEventListener('close', resolve))
  await node.dht.switchMode(DHTMode.CLIENT)
  await over
  await until(server, () => server.dht.getRoutingTableSize() === 0)
})

test('with AUTO a node serves while it has an address others may dial', async () => {
  await using swarm = new Swarm()
  const listening = await swarm.add(DHTMode.AUTO)
  const hidden = await swarm.add(DHTMode.AUTO, { isListening: false })
  const onlyPublic = await swarm.add(DHTMode.AUTO, { addressFilter: () => false })
  expect([listening, hidden, onlyPublic].map(({ dht }) => dht.mode.effective)).toEqual([
    'SERVER',
    'CLIENT',
    'CLIENT',
  ])
})

test('a stopped node refuses operations, and works again after a start', async () => {
  await using swarm = new Swarm()
  const nodes = await swarm.addServers(3)
  const { dht } = at(nodes, 1)
  await dht.stop()
  await expect(dht.getValue('/n/key')).rejects.toThrow(NotAvailableError)
  await expect(dht.findProviders(text('key'))).rejects.toThrow(NotAvailableError)
  await dht.start()
  const { key, value } = await publicKeyRecord()
  expect((await dht.putValue(key, value)).stored).toBe(2)
})

test('§8.26 stopping cancels what is under way and leaves no timer, dial, stream or listener', async () => {
  const clock = new VirtualClock()
  await using swarm = new Swarm({ clock })
  const silent = await makeHost()
  const asked = new Promise<void>((resolve) => void silent.handle(PROTOCOL, () => resolve()))
  const node = await swarm.add(DHTMode.SERVER, { bootstrap: silent.getMultiaddrs() })
  const { result } = node.dht.operations.closestPeers(text('key'), {
    seeds: [peerFromInfo({ id: silent.peerId, multiaddrs: silent.getMultiaddrs() })],
  })
  await asked
  await node.dht.stop()
  await expect(result).rejects.toThrow(CancelledError)
  expect(clock.pendingTimers).toBe(0)
  expect(
    node.host.getConnections().flatMap(({ streams }) => streams.map(({ protocol }) => protocol)),
  ).not.toContain(PROTOCOL)
  expect(node.host.getProtocols()).not.toContain(PROTOCOL)
  const before = node.events.length
  await Promise.all([silent.stop(), node.host.stop()])
  expect(node.events.length).toBe(before)
})

test('an operation has its id at once, its own events, and its whole result', async () => {
  await using swarm = new Swarm()
  const nodes = await swarm.addServers(4)
  const own: DhtEvent[] = []
  const { dht } = at(nodes, 0)
  const [first, second] = ['a', 'b'].map((name) =>
    dht.operations.closestPeers(text(name), { onEvent: (event) => name === 'a' && own.push(event) }),
  )
  expect(second?.operationId).toBe((first?.operationId ?? 0) + 1)
  const [result] = await Promise.all([first?.result, second?.result])
  expect(result?.peers).toHaveLength(3)
  expect(own.at(0)?.type).toBe('operation:started')
  expect(own.at(-1)?.type).toBe('operation:ended')
  for (const event of own) expect(event).toMatchObject({ operationId: first?.operationId })
})

test('an aborted call throws at once', async () => {
  await using swarm = new Swarm()
  const nodes = await swarm.addServers(3)
  const controller = new AbortController()
  const found = at(nodes, 0).dht.findProviders(text('key'), 20, {
    signal: controller.signal,
    onEvent: ({ type }) => type === 'rpc:sent' && controller.abort(),
  })
  await expect(found).rejects.toThrow(CancelledError)
})

test('peers of the last run enter the table after they have answered again', async () => {
  await using swarm = new Swarm()
  const [server] = await swarm.addServers(1)
  const gone = await makeHost()
  const restored = [server?.host, gone].flatMap((host) =>
    host === undefined ? [] : [peerFromInfo({ id: host.peerId, multiaddrs: host.getMultiaddrs() })],
  )
  await gone.stop()
  const node = await swarm.add(DHTMode.CLIENT, { restored })
  await until(
    node,
    () => node.events.filter(({ type }) => type === 'rpc:failed' || type === 'table:added').length >= 2,
  )
  expect(node.dht.routingTable.getPeerIds().map(String)).toEqual([server?.host.peerId.toString()])
  expect([...node.dht.routingTable.entries()].map(({ reason }) => reason)).toEqual(['restored'])
})

test('a listener that throws is removed and said so; the others go on', async () => {
  await using swarm = new Swarm()
  const node = await swarm.addStopped()
  node.dht.subscribe(() => {
    throw new Error('oops')
  })
  await node.dht.start()
  const warnings = node.events.filter(({ type }) => type === 'warning')
  expect(warnings).toMatchObject([{ message: 'A listener for events failed and was removed: oops' }])
})
