import {
  type ContentRouting,
  contentRoutingSymbol,
  type PeerDiscovery,
  type PeerDiscoveryEvents,
  type PeerRouting,
  peerDiscoverySymbol,
  peerRoutingSymbol,
  type Startable,
  serviceCapabilities,
  serviceDependencies,
  TypedEventEmitter,
} from '@libp2p/interface'
import { DHTMode } from './dht-mode.ts'
import type { HostComponents } from './host.ts'
import { KadDHT } from './kad-dht.ts'
import type { KadDHTOptions } from './kad-dht-options.ts'
import { toPeerInfo } from './peer.ts'
import { contentRoutingOf, peerRoutingOf } from './service-routing.ts'

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
