import {
  type ContentRouting,
  contentRoutingSymbol,
  NotFoundError,
  type PeerDiscovery,
  type PeerDiscoveryEvents,
  type PeerInfo,
  type PeerRouting,
  type Provider,
  peerDiscoverySymbol,
  peerRoutingSymbol,
  type RoutingOptions,
  type Startable,
  serviceCapabilities,
  serviceDependencies,
  TypedEventEmitter,
} from '@libp2p/interface'
import { DHTMode } from './dht-mode.ts'
import type { HostComponents } from './host.ts'
import { KadDHT } from './kad-dht.ts'
import type { KadDHTOptions } from './kad-dht-options.ts'
import { type Peer, toPeerInfo } from './peer.ts'

/** Options of the service: those of a `KadDHT`, and its mode. */
export interface KadDHTServiceInit extends KadDHTOptions {
  /** Default `AUTO`. */
  mode?: DHTMode
}

/**
 * The DHT as a service of a js-libp2p node:
 * `createLibp2p({ services: { identify: identify(), dht: kadDHT({ … }) } })`.
 * The node's content and peer routing go through it, and it tells the node of
 * the peers it meets. Add `@libp2p/ping` to serve peers that run js-libp2p's own
 * DHT: they admit only who answers its pings. The service is a `KadDHT` with all its methods.
 */
export function kadDHT(init: KadDHTServiceInit = {}): (components: HostComponents) => KadDHTService {
  return (components) => new KadDHTService(components, init)
}

class KadDHTService extends KadDHT implements Startable {
  readonly [Symbol.toStringTag] = '@kadscope/kad-dht'
  readonly [serviceCapabilities] = [
    '@libp2p/content-routing',
    '@libp2p/peer-routing',
    '@libp2p/peer-discovery',
    '@libp2p/kad-dht',
  ]
  readonly [serviceDependencies] = ['@libp2p/identify']
  readonly [contentRoutingSymbol]: ContentRouting
  readonly [peerRoutingSymbol]: PeerRouting
  readonly [peerDiscoverySymbol]: PeerDiscovery

  constructor(components: HostComponents, { mode = DHTMode.AUTO, ...options }: KadDHTServiceInit) {
    const { privateKey } = components
    super(components, mode, { ...(privateKey && { privateKey }), ...options })
    this[contentRoutingSymbol] = contentRoutingOf(this)
    this[peerRoutingSymbol] = peerRoutingOf(this)
    this[peerDiscoverySymbol] = new MetPeers(this)
  }
}

export type { KadDHTService }

function contentRoutingOf(dht: KadDHT): ContentRouting {
  return {
    async provide(cid, options = {}) {
      await dht.provide(cid.multihash.bytes, withSignal(options))
    },
    async cancelReprovide(cid) {
      await dht.providerStore.delete(cid.multihash.bytes, dht.self.id)
    },
    findProviders: (cid, options = {}) => findProviders(dht, cid.multihash.bytes, options),
    async put(key, value, options = {}) {
      await dht.putValue(key, value, withSignal(options))
    },
    async get(key, options = {}) {
      const value = await dht.getValue(key, 0, withSignal(options))
      if (value === undefined) throw new NotFoundError('Nobody holds a valid value under this key.')
      return value
    },
  }
}

function peerRoutingOf(dht: KadDHT): PeerRouting {
  return {
    async findPeer(peerId, options = {}) {
      const found = await dht.findPeer(peerId, withSignal(options))
      if (found === undefined) throw new NotFoundError('Nobody knows an address of this peer.')
      return found
    },
    async *getClosestPeers(key, options = {}): AsyncGenerator<PeerInfo> {
      const { peers } = await dht.operations.closestPeers(key, withSignal(options)).result
      yield* peers.map(toPeerInfo)
    },
  }
}

/** Yields each provider as soon as somebody names it; who stops reading ends the lookup. */
async function* findProviders(
  dht: KadDHT,
  key: Uint8Array,
  { signal }: RoutingOptions,
): AsyncGenerator<Provider> {
  const found: Peer[] = []
  const stop = new AbortController()
  let wake = () => {}
  const { result } = dht.operations.findProviders(key, {
    count: 0,
    signal: signal == null ? stop.signal : AbortSignal.any([signal, stop.signal]),
    onProvider: (peer) => {
      found.push(peer)
      wake()
    },
  })
  let isOver = false
  const ended = result.finally(() => {
    isOver = true
    wake()
  })
  ended.catch(() => {})
  try {
    while (!isOver || found.length > 0) {
      for (const peer of found.splice(0)) yield { ...toPeerInfo(peer), routing: 'kad-dht' }
      if (!isOver && found.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
    await ended
  } finally {
    stop.abort()
  }
}

/** Tells of each peer that enters the routing table. */
class MetPeers extends TypedEventEmitter<PeerDiscoveryEvents> {
  constructor(dht: KadDHT) {
    super()
    dht.subscribe((event) => {
      const peer = event.type === 'table:added' ? dht.routingTable.entry(event.peer)?.peer : undefined
      if (peer !== undefined) this.safeDispatchEvent('peer', { detail: toPeerInfo(peer) })
    })
  }
}

/** libp2p's options carry more than we take. */
function withSignal({ signal }: RoutingOptions): { signal?: AbortSignal } {
  return signal == null ? {} : { signal }
}
