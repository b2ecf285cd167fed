import { readFileSync } from 'node:fs'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { type Identify, identify, identifyPush } from '@libp2p/identify'
import type { Libp2p, PeerId } from '@libp2p/interface'
import { type KadDHT, kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Ping, ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { ipnsSelector } from 'ipns/selector'
import { ipnsValidator } from 'ipns/validator'
import { createLibp2p } from 'libp2p'
import { sha256 } from 'multiformats/hashes/sha2'

const JOIN_TIMEOUT_MS = 10_000

/** More than anybody here opens: by default it takes 5 new inbound connections a second. */
const connectionManager = {
  maxConnections: 10_000,
  inboundConnectionThreshold: 10_000,
  maxIncomingPendingConnections: 10_000,
}

export type JsNode = Libp2p<{ identify: Identify; ping: Ping; dht: KadDHT }>

/** What of its routing table this needs, and its types do not tell. */
interface Table extends EventTarget {
  size: number
  kb: { _add(contact: { peerId: PeerId; kadId: Uint8Array; lastPing: number }): Promise<void> }
  closestPeers(kadId: Uint8Array): PeerId[]
}

export interface NodeOptions {
  protocol: string
  /** Default: any. */
  port?: number
  isClient: boolean
}

/** Starts a node on loopback that accepts anything in namespace `v`, with the addresses of this machine allowed. */
export function startNode({ protocol, port = 0, isClient }: NodeOptions): Promise<JsNode> {
  return createLibp2p({
    addresses: { listen: [`/ip4/127.0.0.1/tcp/${port}`] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager,
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      dht: kadDHT({
        protocol,
        clientMode: isClient,
        peerInfoMapper: passthroughMapper,
        validators: { ipns: ipnsValidator, v: async () => {} },
        selectors: { ipns: ipnsSelector, v: () => 0 },
      }),
    },
  })
}

/** A client that has its bootstrap peers in the table, at most 10 s later. */
export async function startClient(protocol: string, bootstrap: readonly string[]): Promise<JsNode> {
  const node = await startNode({ protocol, isClient: true })
  const signal = AbortSignal.timeout(JOIN_TIMEOUT_MS)
  const dials = bootstrap.map((text) => node.dial(multiaddr(text), { signal }))
  await Promise.allSettled(dials)
  await untilKnown(node, bootstrap.length, signal)
  if (tableOf(node).size > 0) return node
  await node.stop()
  throw new Error(`None of the ${bootstrap.length} bootstrap peers is in the table after 10 s.`)
}

export function tableOf({ services: { dht } }: JsNode): Table {
  return (dht as unknown as { routingTable: Table }).routingTable
}

/** Puts the peers of a file into the routing table, as if each had just answered a ping; a full bucket refuses. */
export async function addPeers(node: JsNode, file: string): Promise<void> {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue
    const { id, addrs } = JSON.parse(line) as { id: string; addrs: string[] }
    const peerId = peerIdFromString(id)
    await node.peerStore.merge(peerId, { multiaddrs: addrs.map((text) => multiaddr(text)) })
    const { digest: kadId } = await sha256.digest(peerId.toMultihash().bytes)
    await tableOf(node).kb._add({ peerId, kadId, lastPing: Date.now() })
  }
}

/** Resolves when the table holds `count` peers, or when it took too long. */
async function untilKnown(node: JsNode, count: number, signal: AbortSignal): Promise<void> {
  const table = tableOf(node)
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = () => {
    if (table.size >= count) resolve()
  }
  table.addEventListener('peer:add', look)
  signal.addEventListener('abort', () => resolve())
  look()
  await promise
  table.removeEventListener('peer:add', look)
}
