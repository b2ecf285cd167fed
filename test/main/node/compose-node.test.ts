import { generateKeyPair } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { DhtEvent } from '../../../src/dht/events.ts'
import { findNode } from '../../../src/dht/operations/closest-peers.ts'
import { decodeMessage, encodeMessage } from '../../../src/dht/wire/codec.ts'
import { FrameReader, frame } from '../../../src/dht/wire/framing.ts'
import { type ComposedNode, composeNode, ListenError } from '../../../src/main/node/compose-node.ts'
import type { NetworkDefinition } from '../../../src/main/node/networks.ts'
import { version } from '../../../src/main/version.ts'
import { addressOf, loopback, startNode, stopNodes, tableOf } from './loopback-nodes.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const anything = { validate: () => {}, select: () => 0 }
const swarmKey = (digit: string) => `/key/swarm/psk/1.0.0/\n/base16/\n${digit.repeat(64)}\n`

/** Two nodes that know each other. */
async function pair(network: NetworkDefinition = loopback): Promise<[ComposedNode, ComposedNode]> {
  const first = await startNode(network)
  const second = await startNode(network, { bootstrap: [addressOf(first)] })
  await Promise.all([tableOf(first.dht, 1), tableOf(second.dht, 1)])
  return [first, second]
}

/** One FIND_NODE on a stream of its own; resolves with how many closer peers came. */
async function ask(node: ComposedNode, address: string, key: Uint8Array): Promise<number> {
  const stream = await node.libp2p.dialProtocol(multiaddr(address), loopback.protocol, {
    maxOutboundStreams: 100,
  })
  const reply = new Promise<Uint8Array>((resolve, reject) => {
    const reader = new FrameReader(1 << 20)
    stream.addEventListener('message', ({ data }) => reader.push(data).forEach(resolve))
    stream.addEventListener('close', ({ error }) => reject(error ?? new Error('The stream ended.')))
  })
  stream.send(frame(encodeMessage(findNode(key))))
  const { message } = decodeMessage(await reply)
  await stream.close()
  return message.closerPeers.length
}

afterEach(stopNodes)

describe('composeNode', () => {
  test('two nodes meet, and a value put at one is got at the other', async () => {
    const [first, second] = await pair()
    for (const { dht } of [first, second]) dht.registerValidator('v', anything)
    const { stored } = await first.dht.putValue('/v/hello', bytes('world'))
    expect(stored).toBe(1)
    expect(await second.dht.getValue('/v/hello')).toEqual(bytes('world'))
  })

  test('it names itself with its version', async () => {
    const first = await startNode()
    const second = await startNode()
    const identified = new Promise<string | undefined>((resolve) =>
      second.libp2p.addEventListener('peer:identify', ({ detail }) => resolve(detail.agentVersion)),
    )
    await second.libp2p.dial(multiaddr(addressOf(first)))
    expect(await identified).toBe(`kadscope/${version}`)
  })

  test('a private network refuses strangers, and whoever has another key', async () => {
    const members = { ...loopback, swarmKey: swarmKey('a') }
    const [inside] = await pair(members)
    for (const network of [loopback, { ...loopback, swarmKey: swarmKey('b') }]) {
      const stranger = await startNode(network)
      await expect(stranger.libp2p.dial(multiaddr(addressOf(inside)))).rejects.toThrow()
    }
    expect(inside.dht.getRoutingTableSize()).toBe(1)
  })

  test('plain keys travel where the network allows them', async () => {
    const [first, second] = await pair({ ...loopback, plainKeys: true })
    expect((await first.dht.putValue('plain', bytes('x'))).stored).toBe(1)
    expect(await second.dht.getValue('plain')).toEqual(bytes('x'))
    await expect(first.dht.putValue('/other/x', bytes('x'))).rejects.toMatchObject({
      code: 'ERR_INVALID_RECORD_TYPE',
    })
  })

  test('elsewhere they are refused, by who puts and by who is asked to keep', async () => {
    const strict = await startNode()
    await expect(strict.dht.putValue('plain', bytes('x'))).rejects.toMatchObject({
      code: 'ERR_INVALID_RECORD_TYPE',
    })
    const lax = await startNode({ ...loopback, plainKeys: true }, { bootstrap: [addressOf(strict)] })
    await tableOf(lax.dht, 1)
    expect((await lax.dht.putValue('plain', bytes('x'))).stored).toBe(0)
    expect(await strict.dht.getValueStoreSize()).toBe(0)
  })

  test('a hundred streams at once, on a connection just made, are all answered', async () => {
    const server = await startNode()
    const client = await startNode(loopback, { mode: 'CLIENT', listen: [] })
    const key = new Uint8Array(32)
    // A connection takes 32 at a time; the rest waits its turn.
    for (let round = 0; round < 4; round++) {
      const asked = Array.from({ length: 25 }, () => ask(client, addressOf(server), key))
      await expect(Promise.all(asked)).resolves.toHaveLength(25)
    }
  })

  test('FIND_NODE is answered for any key, also for one that looks like a peer id', async () => {
    const server = await startNode()
    const client = await startNode(loopback, { mode: 'CLIENT', listen: [] })
    const multihashLike = fc
      .tuple(fc.nat(127), fc.uint8Array({ maxLength: 40 }))
      .map(([code, digest]) => Uint8Array.from([code, digest.length, ...digest]))
    const keys = fc.oneof(multihashLike, fc.uint8Array({ minLength: 1, maxLength: 128 }))
    await fc.assert(
      fc.asyncProperty(keys, async (key) => {
        expect(await ask(client, addressOf(server), key)).toBe(0)
      }),
      { numRuns: 100 },
    )
  })

  test('a table that is not maintained stays as it was filled', async () => {
    const events: DhtEvent[] = []
    const first = await startNode()
    const second = await startNode(loopback, {
      maintainTable: false,
      bootstrap: [addressOf(first)],
      onEvent: (event) => events.push(event),
    })
    second.dht.routingTable.add(first.dht.self, 'manual')
    const { peers } = await second.dht.operations.closestPeers(new Uint8Array(32)).result
    expect(peers.map(({ id }) => id)).toEqual([first.dht.self.id])
    const operations = events.filter(({ type }) => type === 'operation:started')
    expect(operations).toMatchObject([{ kind: 'CLOSEST_PEERS' }])
  })

  test('a port that is taken is said in a sentence, and nothing is left running', async () => {
    const first = await startNode()
    const port = multiaddr(addressOf(first)).getComponents()[1]?.value
    const start = composeNode({
      network: loopback,
      privateKey: await generateKeyPair('Ed25519'),
      listen: [`/ip4/127.0.0.1/tcp/${port}`],
    })
    await expect(start).rejects.toThrow(ListenError)
    await expect(start).rejects.toThrow(/another program uses the port.*Choose another/)
  })
})
