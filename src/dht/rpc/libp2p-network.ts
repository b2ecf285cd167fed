import type { PeerId, Peer as StoredPeer } from '@libp2p/interface'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import * as Digest from 'multiformats/hashes/digest'
import type { MultiaddrFilter } from '../address-filter.ts'
import type { Clock } from '../clock.ts'
import { ADDRESS_EVENTS, type Host } from '../host.ts'
import type { Exchange, Network, RequestOptions } from '../network.ts'
import { type Peer, peerFromId, peerFromInfo } from '../peer.ts'
import type { RpcMessage } from '../wire/message.ts'
import { ConnectedPeers, type ServerListener } from './connected-peers.ts'
import { LingeringStreams } from './lingering-streams.ts'
import { type OutboundContext, OutboundRequest } from './outbound-request.ts'

export interface Libp2pNetworkInit {
  host: Host
  /** The network's protocol id, e.g. `/ipfs/kad/1.0.0`. */
  protocol: string
  addressFilter: MultiaddrFilter
  clock: Clock
}

/**
 * The core's network over libp2p: a fresh stream for each request on a
 * connection that is kept. Addresses a request brings along are used for its
 * dial only; libp2p notes the one that worked.
 */
export class Libp2pNetwork implements Network {
  readonly addressFilter: MultiaddrFilter
  readonly protocol: string
  readonly #host: Host
  readonly #connected: ConnectedPeers
  readonly #lingering: LingeringStreams
  readonly #outbound: OutboundContext
  #self: Peer

  constructor({ host, protocol, addressFilter, clock }: Libp2pNetworkInit) {
    this.addressFilter = addressFilter
    this.protocol = protocol
    this.#host = host
    this.#connected = new ConnectedPeers({ host, protocol, addressFilter })
    this.#lingering = new LingeringStreams(clock)
    this.#outbound = {
      host,
      protocol,
      clock,
      connected: this.#connected,
      lingering: this.#lingering,
      knownAddrs: async ({ bytes }) => ((await this.findKnown(bytes))?.addrs ?? []).filter(addressFilter),
    }
    this.#self = peerFromId(host.peerId)
  }

  /** Begins to follow connections and our own addresses. */
  async start(listener?: ServerListener): Promise<void> {
    for (const event of ADDRESS_EVENTS) this.#host.addEventListener(event, this.#readOwnAddresses)
    this.#readOwnAddresses()
    await this.#connected.start(listener)
  }

  /** Requests under way are their callers' to abort; no stream of ours is left afterwards. */
  stop(): void {
    for (const event of ADDRESS_EVENTS) this.#host.removeEventListener(event, this.#readOwnAddresses)
    this.#connected.stop()
    this.#lingering.stop()
  }

  get self(): Peer {
    return this.#self
  }

  request(peer: Peer, message: RpcMessage, options: RequestOptions = {}): Promise<Exchange> {
    return new OutboundRequest(this.#outbound, peer, message, options).run()
  }

  connectedServers(): Peer[] {
    return this.#connected.servers()
  }

  async storedPeers(limit: number): Promise<Peer[]> {
    const found: Peer[] = []
    const stored = await this.#host.peerStore.all({ filters: [(peer) => this.#mayServe(peer)] })
    for (const { id, addresses } of stored) {
      if (found.length === limit) break
      const peer = this.#filtered(peerFromInfo({ id, multiaddrs: addresses.map((a) => a.multiaddr) }))
      if (peer.addrs.length > 0) found.push(peer)
    }
    return found
  }

  async findKnown(idBytes: Uint8Array): Promise<Peer | undefined> {
    const id = readPeerId(idBytes)
    if (id === undefined) return undefined
    const server = this.#connected.server(id.toString())
    if (server !== undefined && server.addrs.length > 0) return server
    const stored = await this.#host.peerStore.get(id).catch(() => undefined)
    if (stored === undefined) return undefined
    return peerFromInfo({ id, multiaddrs: stored.addresses.map(({ multiaddr }) => multiaddr) })
  }

  /** Where identify has been, it has told; a peer without protocols was never met. */
  #mayServe({ addresses, protocols }: StoredPeer): boolean {
    return addresses.length > 0 && (protocols.length === 0 || protocols.includes(this.protocol))
  }

  #filtered(peer: Peer): Peer {
    return { ...peer, addrs: peer.addrs.filter(this.addressFilter) }
  }

  /** What we announce: our addresses that others in this network may dial. */
  readonly #readOwnAddresses = (): void => {
    const { peerId } = this.#host
    this.#self = this.#filtered(peerFromInfo({ id: peerId, multiaddrs: this.#host.getMultiaddrs() }))
  }
}

/** Undefined for bytes that are no peer id: a FIND_NODE may ask for any key, and some look like multihashes. */
function readPeerId(bytes: Uint8Array): PeerId | undefined {
  try {
    return peerIdFromMultihash(Digest.decode(bytes))
  } catch {
    return undefined
  }
}
