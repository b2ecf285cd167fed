import type { Connection, IdentifyResult, PeerId } from '@libp2p/interface'
import type { MultiaddrFilter } from '../address-filter.ts'
import type { Host } from '../host.ts'
import { type Peer, peerFromId, peerFromInfo } from '../peer.ts'

export interface ConnectedPeersInit {
  host: Host
  /** The network's protocol id, e.g. `/ipfs/kad/1.0.0`. */
  protocol: string
  /** What an identified peer claims as its addresses passes through this. */
  addressFilter: MultiaddrFilter
}

/** Told what identify says of connected peers. */
export interface ServerListener {
  /** The peer serves the protocol. */
  onServer(peer: Peer): void
  /** The peer does not serve the protocol, whatever was known of it before. */
  onNotServer(id: string): void
}

/** Which peers are connected, and which of them serve the protocol, by identify. */
export class ConnectedPeers {
  readonly #init: ConnectedPeersInit
  readonly #connections = new Map<string, Connection[]>()
  readonly #servers = new Map<string, Peer>()
  #listener: ServerListener | undefined

  constructor(init: ConnectedPeersInit) {
    this.#init = init
  }

  /** Begins to follow the host's connections; those that are open already are taken in. */
  async start(listener?: ServerListener): Promise<void> {
    const { host } = this.#init
    this.#listener = listener
    host.addEventListener('connection:open', this.#onOpen)
    host.addEventListener('connection:close', this.#onClose)
    host.addEventListener('peer:identify', this.#onIdentify)
    for (const connection of host.getConnections()) this.#add(connection)
    await Promise.all(host.getConnections().map(({ remotePeer }) => this.#takeStored(remotePeer)))
  }

  stop(): void {
    const { host } = this.#init
    host.removeEventListener('connection:open', this.#onOpen)
    host.removeEventListener('connection:close', this.#onClose)
    host.removeEventListener('peer:identify', this.#onIdentify)
    this.#connections.clear()
    this.#servers.clear()
  }

  /** An open connection without limits to the peer; undefined when there is none. */
  connectionTo(id: string): Connection | undefined {
    return this.#connections.get(id)?.find(({ status, limits }) => status === 'open' && limits === undefined)
  }

  /** Connected peers that serve the protocol. */
  servers(): Peer[] {
    return [...this.#servers.values()]
  }

  server(id: string): Peer | undefined {
    return this.#servers.get(id)
  }

  readonly #onOpen = ({ detail }: CustomEvent<Connection>): void => this.#add(detail)

  readonly #onClose = ({ detail }: CustomEvent<Connection>): void => {
    const id = detail.remotePeer.toString()
    const left = this.#connections.get(id)?.filter((connection) => connection !== detail) ?? []
    if (left.length > 0) {
      this.#connections.set(id, left)
    } else {
      this.#connections.delete(id)
      this.#servers.delete(id)
    }
  }

  readonly #onIdentify = ({ detail }: CustomEvent<IdentifyResult>): void => {
    const { peerId, protocols, connection, listenAddrs, signedPeerRecord } = detail
    const id = peerId.toString()
    this.#add(connection)
    if (!this.#connections.has(id)) return
    if (!protocols.includes(this.#init.protocol)) {
      this.#servers.delete(id)
      this.#listener?.onNotServer(id)
      return
    }
    const dialled = connection.direction === 'outbound' ? [connection.remoteAddr] : []
    const claimed = signedPeerRecord?.addresses ?? listenAddrs
    this.#noteServer(peerFromInfo({ id: peerId, multiaddrs: [...dialled, ...claimed] }), dialled.length)
  }

  /** Identify may end after the connection did: nothing would take that one out again. */
  #add(connection: Connection): void {
    if (connection.status !== 'open') return
    const id = connection.remotePeer.toString()
    const known = this.#connections.get(id) ?? []
    if (!known.includes(connection)) this.#connections.set(id, [...known, connection])
  }

  /** For connections older than we are: what identify left in the peer store. */
  async #takeStored(peerId: PeerId): Promise<void> {
    const stored = await this.#init.host.peerStore.get(peerId).catch(() => undefined)
    if (stored === undefined || !stored.protocols.includes(this.#init.protocol)) return
    if (!this.#connections.has(peerId.toString())) return
    const multiaddrs = stored.addresses.map(({ multiaddr }) => multiaddr)
    this.#noteServer(peerFromInfo({ id: peerId, multiaddrs }), 0)
  }

  /** The first `dialled` addresses were used by ourselves; the others are claims and pass the filter. */
  #noteServer(peer: Peer, dialled: number): void {
    const addrs = new Map<string, Uint8Array>()
    for (const [i, address] of peer.addrs.entries()) {
      if (i < dialled || this.#init.addressFilter(address)) addrs.set(address.join(), address)
    }
    const server = { ...peer, addrs: [...addrs.values()] }
    this.#servers.set(server.id, server)
    this.#listener?.onServer(server)
  }
}

/** The peer at the other end of each connection, made once. */
const remotePeers = new WeakMap<Connection, Peer>()

/** The peer at the other end, without addresses. */
export function remotePeerOf(connection: Connection): Peer {
  const known = remotePeers.get(connection)
  if (known !== undefined) return known
  const peer = peerFromId(connection.remotePeer)
  remotePeers.set(connection, peer)
  return peer
}
