import type {
  AbortOptions,
  Connection,
  Libp2p,
  Libp2pEvents,
  PeerId,
  PeerStore,
  PrivateKey,
  TypedEventTarget,
} from '@libp2p/interface'
import type { AddressManager, ConnectionManager, Registrar } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'

/** What the DHT uses of a libp2p node. */
export type Host = Pick<
  Libp2p,
  | 'peerId'
  | 'peerStore'
  | 'getMultiaddrs'
  | 'getConnections'
  | 'dial'
  | 'handle'
  | 'unhandle'
  | 'addEventListener'
  | 'removeEventListener'
>

/** After these a node's own addresses may be others; the first comes a second before the peer store hears of it. */
export const ADDRESS_EVENTS = ['transport:listening', 'transport:close', 'self:peer:update'] as const

/** The components of a libp2p node, as a service gets them. */
export interface HostComponents {
  peerId: PeerId
  peerStore: PeerStore
  registrar: Registrar
  addressManager: AddressManager
  connectionManager: ConnectionManager
  events: TypedEventTarget<Libp2pEvents>
  /** Signs our peer record for peers that send theirs. */
  privateKey?: PrivateKey
}

/** The host that a service's components make up; the node around them may not be complete yet. */
export function hostOf(components: HostComponents): Host {
  const { peerId, peerStore, registrar, addressManager, connectionManager, events } = components
  return {
    peerId,
    peerStore,
    getMultiaddrs: () => addressManager.getAddresses(),
    getConnections: (id?: PeerId): Connection[] => connectionManager.getConnections(id),
    dial: (target, options) => connectionManager.openConnection(target, options),
    handle: async (protocols, handler, options) => {
      for (const protocol of [protocols].flat()) await registrar.handle(protocol, handler, options)
    },
    unhandle: async (protocols: string[] | string, options?: AbortOptions) => {
      for (const protocol of [protocols].flat()) await registrar.unhandle(protocol, options)
    },
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
  }
}

/** Text of an address without the peer id at its end. */
export function addressText(address: Multiaddr): string {
  const text = address.toString()
  const end = text.lastIndexOf('/p2p/')
  return end > 0 && text.indexOf('/', end + 5) === -1 ? text.slice(0, end) : text
}
