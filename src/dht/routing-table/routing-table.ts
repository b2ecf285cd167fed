import type { Address, PeerId, PeerStore } from '@libp2p/interface'
import { keyFromBytes } from '../key.ts'
import { type Peer, type PeerInfo, peerFromId, peerFromInfo, toPeerId, toPeerInfo } from '../peer.ts'
import type { KBucket } from './k-bucket.ts'
import { PeerTable, type PeerTableOptions } from './peer-table.ts'

/** What the table asks of a libp2p node: addresses of a bare id, and the protocols that identify told. */
export interface TableHost {
  peerStore?: Pick<PeerStore, 'get'>
}

export interface RoutingTableOptions extends PeerTableOptions {
  /** Protocol id of a server. Default: any that ends in `/kad/1.0.0`. */
  protocol?: string
}

/** The routing table under the names of py-libp2p's API, which deals in libp2p's ids and addresses. */
export class RoutingTable extends PeerTable {
  readonly localId: PeerId
  readonly #host: TableHost | undefined
  readonly #protocol: string | undefined

  /** @param host - a libp2p node; without one, ids without addresses cannot be added. */
  constructor(localId: PeerId, host?: TableHost, options: RoutingTableOptions = {}) {
    super(localId, options, {
      addPeer: (peer) => this.addPeer(peer),
      removePeer: (id) => this.removePeer(id),
    })
    this.localId = localId
    this.#host = host
    this.#protocol = options.protocol
  }

  /**
   * Adds a peer; the caller is trusted, nobody is asked. A known one gets its
   * new addresses and counts as heard now. False for ourselves, for a bare id
   * whose addresses nobody knows, for a peer known to be no server, and when
   * `add` says so. Never throws.
   */
  async addPeer(peer: PeerInfo | PeerId): Promise<boolean> {
    try {
      const id = 'multiaddrs' in peer ? peer.id : peer
      const stored = await this.#host?.peerStore?.get(id).catch(() => undefined)
      const info = 'multiaddrs' in peer ? peer : infoOf(id, stored?.addresses)
      if (info === undefined || !this.#mayServe(stored?.protocols ?? [])) return false
      const isKnown = this.peerInTable(id)
      if (!this.add(peerFromInfo(info), 'manual')) return false
      if (isKnown) this.findBucket(id).refreshPeerLastSeen(id)
      return true
    } catch {
      return false
    }
  }

  /** False when the peer was not in the table. */
  removePeer(id: PeerId): boolean {
    const wasIn = this.peerInTable(id)
    this.remove(id.toString(), 'removed-by-user')
    return wasIn
  }

  /** Removes everybody. */
  cleanupRoutingTable(): void {
    this.clear()
  }

  /** The bucket whose range holds the peer's key. */
  findBucket(id: PeerId): KBucket {
    return this.bucketOf(peerFromId(id).key)
  }

  /** The ids nearest to sha256 of `key`, nearest first. */
  findLocalClosestPeers(key: Uint8Array, count = 20): PeerId[] {
    return this.closest(keyFromBytes(key), count).map(toPeerId)
  }

  getPeerIds(): PeerId[] {
    return this.#peers().map(toPeerId)
  }

  getPeerInfo(id: PeerId): PeerInfo | undefined {
    const entry = this.entry(id.toString())
    return entry && toPeerInfo(entry.peer)
  }

  getPeerInfos(): PeerInfo[] {
    return this.#peers().map(toPeerInfo)
  }

  /** Peers unheard for more than the threshold. */
  getStalePeers(staleThresholdSeconds = 3600): PeerId[] {
    return this.buckets.flatMap((bucket) => bucket.getStalePeers(staleThresholdSeconds))
  }

  peerInTable(id: PeerId): boolean {
    return this.entry(id.toString()) !== undefined
  }

  #peers(): Peer[] {
    return Array.from(this.entries(), ({ peer }) => peer)
  }

  /** Before identify has run a peer has no protocols, and may yet turn out to be a server. */
  #mayServe(protocols: readonly string[]): boolean {
    const isServer = (protocol: string) =>
      this.#protocol === undefined ? protocol.endsWith('/kad/1.0.0') : protocol === this.#protocol
    return protocols.length === 0 || protocols.some(isServer)
  }
}

function infoOf(id: PeerId, addresses: readonly Address[] = []): PeerInfo | undefined {
  return addresses.length === 0 ? undefined : { id, multiaddrs: addresses.map(({ multiaddr }) => multiaddr) }
}
