import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MessageType } from '../../src/dht/index.ts'
import { type Peer, peerFromInfo } from '../../src/dht/peer.ts'
import { type ComposedNode, composeNode } from '../../src/main/node/compose-node.ts'
import { customNetwork } from '../../src/main/node/networks.ts'
import { SeededRandom } from '../../src/sim/seeded-random.ts'
import { ServedBackend } from './support/served-backend.ts'

const seed = process.env.KADSCOPE_SEED ?? String(process.pid)
const ROUNDS = 3
/** Identities that put at the same time; each stays within what one peer may send in a burst. */
const CLIENTS = 3
const PUTS_OF_CLIENT = 90
const protocol = '/kadscope/kill/kad/1.0.0'
const args = ['--protocol', protocol, '--listen', '/ip4/127.0.0.1/tcp/0', '--allow-unverified']

let home = ''
let clients: ComposedNode[] = []

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kadscope-kill-'))
  const network = customNetwork({
    name: 'Killed',
    protocol,
    mode: 'CLIENT',
    listen: ['/ip4/127.0.0.1/tcp/0'],
  })
  clients = await Promise.all(
    Array.from({ length: CLIENTS }, async () =>
      composeNode({
        network,
        privateKey: await generateKeyPair('Ed25519'),
        listen: [],
        maintainTable: false,
      }),
    ),
  )
})

afterAll(async () => {
  await Promise.all(clients.map((client) => client.stop()))
  rmSync(home, { recursive: true, force: true })
})

test(`every PUT_VALUE that was acknowledged over the wire is there after kill -9 (seed ${seed})`, async () => {
  const random = new SeededRandom(seed)
  const acknowledged: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const backend = await ServedBackend.start(home, args)
    const server = await nodeOf(backend)
    const killAfter = acknowledged.length + 1 + random.integer(CLIENTS * PUTS_OF_CLIENT - 20)
    await putUntilKilled(round, server, acknowledged, async () => {
      if (acknowledged.length >= killAfter) await backend.kill()
    })
    await backend.kill()
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS)
  expect(await missing(acknowledged)).toEqual([])
})

/** Puts from all clients at once, noting each key when its echo has arrived, until the server is gone. */
async function putUntilKilled(
  round: number,
  server: Peer,
  acknowledged: string[],
  onAcknowledged: () => Promise<void>,
): Promise<void> {
  await Promise.all(
    clients.flatMap((client, number) =>
      Array.from({ length: PUTS_OF_CLIENT }, async (_, i) => {
        const key = `/kill/${round}-${number}-${i}`
        const isStored = await put(client, server, key)
        if (isStored) acknowledged.push(key)
        await onAcknowledged()
      }),
    ),
  )
}

async function put({ dht }: ComposedNode, server: Peer, key: string): Promise<boolean> {
  const bytes = new TextEncoder().encode(key)
  const record = { key: bytes, value: bytes, timeReceived: '' }
  try {
    const { reply } = await dht.request(server, {
      type: MessageType.PUT_VALUE,
      key: bytes,
      record,
      closerPeers: [],
      providerPeers: [],
    })
    return reply?.record !== undefined
  } catch {
    return false
  }
}

/** The served node at the address it listens on now. */
async function nodeOf(backend: ServedBackend): Promise<Peer> {
  const node = await backend.follow((event) => {
    const found = event.type === 'node:changed' ? event.node : undefined
    const first = event.type === 'snapshot:taken' ? event.snapshot.node : undefined
    const row = found ?? first
    return row !== undefined && row.addresses.length > 0 ? row : undefined
  })
  const multiaddrs = node.addresses.map(({ address }) => multiaddr(address))
  return peerFromInfo({ id: peerIdFromString(node.peerId), multiaddrs })
}

/** Keys that a backend started again does not hold. */
async function missing(keys: readonly string[]): Promise<string[]> {
  const backend = await ServedBackend.start(home, args)
  try {
    const networkId = await backend.follow((event) =>
      event.type === 'snapshot:taken'
        ? event.snapshot.node?.networkId
        : event.type === 'node:changed'
          ? event.node.networkId
          : undefined,
    )
    const isHeld = (key: string) =>
      backend.client.records.get({ networkId, key: Buffer.from(key).toString('hex') }).then(
        () => true,
        () => false,
      )
    const held = await Promise.all(keys.map(isHeld))
    return keys.filter((_, i) => held[i] === false)
  } finally {
    await backend.stop()
  }
}
