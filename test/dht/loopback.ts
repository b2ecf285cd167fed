import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { type Identify, type IdentifyPush, identify, identifyPush } from '@libp2p/identify'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { type Ping, ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { DhtEvent } from '../../src/dht/events.ts'
import { DHTMode, KadDHT, type KadDHTOptions } from '../../src/dht/index.ts'

export type LoopbackHost = Libp2p<{ identify: Identify; identifyPush: IdentifyPush; ping: Ping }>

export interface HostOptions {
  privateKey?: PrivateKey
  /** Default true: listens on a free port of 127.0.0.1. */
  isListening?: boolean
}

/** By default js-libp2p takes 5 new inbound connections a second: too few for many nodes on one machine. */
export const connectionManager = { inboundConnectionThreshold: 1_000, maxIncomingPendingConnections: 1_000 }

/** By default a second push while one is under way is lost: one that switches its mode twice would be misknown. */
const pushLimits = { maxInboundStreams: 8, maxOutboundStreams: 8 }

/** A real libp2p node on loopback, started. */
export function makeHost({ privateKey, isListening = true }: HostOptions = {}): Promise<LoopbackHost> {
  return createLibp2p({
    addresses: { listen: isListening ? ['/ip4/127.0.0.1/tcp/0'] : [] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), identifyPush: identifyPush(pushLimits), ping: ping() },
    connectionManager,
    ...(privateKey !== undefined && { privateKey }),
  })
}

/** A node of a test: host and DHT, and everything the DHT published. */
export interface LoopbackNode {
  host: LoopbackHost
  dht: KadDHT
  events: DhtEvent[]
  /** Its address with its peer id. */
  address: Multiaddr
}

/** DHT nodes of one test on real libp2p; `await using` ends them. */
export class Swarm implements AsyncDisposable {
  readonly nodes: LoopbackNode[] = []
  readonly #options: KadDHTOptions

  /** @param options - of every node. */
  constructor(options: KadDHTOptions = {}) {
    this.#options = { refreshIntervalMs: 0, ...options }
  }

  /** A node that has been started. */
  async add(
    mode: DHTMode = DHTMode.SERVER,
    options: KadDHTOptions & HostOptions = {},
  ): Promise<LoopbackNode> {
    const node = await this.addStopped(mode, options)
    await node.dht.start()
    return node
  }

  /** A node whose host runs, but not yet its DHT. */
  async addStopped(
    mode: DHTMode = DHTMode.SERVER,
    options: KadDHTOptions & HostOptions = {},
  ): Promise<LoopbackNode> {
    const host = await makeHost(options)
    const dht = new KadDHT(host, mode, { ...this.#options, ...options })
    const events: DhtEvent[] = []
    dht.subscribe((event) => events.push(event))
    const [address] = host.getMultiaddrs()
    const node = { host, dht, events, address: address as Multiaddr }
    this.nodes.push(node)
    return node
  }

  /** `count` servers that all know each other. */
  async addServers(count: number, options: KadDHTOptions = {}): Promise<LoopbackNode[]> {
    const first = await this.add(DHTMode.SERVER, options)
    const bootstrap = [first.address]
    const others = await Promise.all(
      Array.from({ length: count - 1 }, () => this.add(DHTMode.SERVER, { bootstrap, ...options })),
    )
    await until(first, () => first.dht.getRoutingTableSize() === others.length)
    await Promise.all(others.map((node) => node.dht.refreshRoutingTable()))
    await Promise.all(
      others.map((node) => until(node, () => node.dht.getRoutingTableSize() === others.length)),
    )
    return [first, ...others]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map(({ dht }) => dht.stop()))
    await Promise.all(this.nodes.map(({ host }) => host.stop()))
  }
}

/** Resolves as soon as `condition` holds: looks now, and after every event of the node. */
export async function until({ dht }: Pick<LoopbackNode, 'dht'>, condition: () => boolean): Promise<void> {
  if (condition()) return
  await new Promise<void>((resolve) => {
    const end = dht.subscribe(() => {
      if (!condition()) return
      end()
      resolve()
    })
  })
}

/** Resolves with the first event, from now on, for which `matches` holds. */
export function nextEvent<T extends DhtEvent['type']>(
  { dht }: Pick<LoopbackNode, 'dht'>,
  type: T,
  matches: (event: Extract<DhtEvent, { type: T }>) => boolean = () => true,
): Promise<Extract<DhtEvent, { type: T }>> {
  return new Promise((resolve) => {
    const end = dht.subscribe((event) => {
      if (event.type !== type) return
      const typed = event as Extract<DhtEvent, { type: T }>
      if (!matches(typed)) return
      end()
      resolve(typed)
    })
  })
}

export const text = (value: string) => new TextEncoder().encode(value)
