import type { Libp2p, PeerDiscovery, PeerInfo } from '@libp2p/interface'
import { type MulticastDNSComponents, mdns } from '@libp2p/mdns'

/** Peers dialled because multicast DNS named them, at a time; an answer to every query names all of them again. */
const MAX_DIALS = 8
const DIAL_TIMEOUT_MS = 5_000

/**
 * Finds peers by multicast DNS and connects to them: libp2p only notes their
 * addresses, and the DHT takes in whom it is connected to.
 */
export class LanDiscovery {
  readonly #dialling = new Set<string>()
  #node: Libp2p | undefined

  /** For libp2p's `peerDiscovery`. */
  readonly create = (components: MulticastDNSComponents): PeerDiscovery => {
    const discovery = mdns()(components)
    discovery.addEventListener('peer', ({ detail }) => void this.#meet(detail))
    return discovery
  }

  /** Connects to who is found from now on. */
  connectBy(node: Libp2p): void {
    this.#node = node
  }

  async #meet({ id, multiaddrs }: PeerInfo): Promise<void> {
    const node = this.#node
    const name = id.toString()
    if (node === undefined || this.#dialling.has(name) || this.#dialling.size >= MAX_DIALS) return
    if (node.getConnections(id).length > 0) return
    this.#dialling.add(name)
    try {
      await node.dial(multiaddrs, { signal: AbortSignal.timeout(DIAL_TIMEOUT_MS) })
    } catch {
      // Gone, or not of this network; it is named again at the next query.
    } finally {
      this.#dialling.delete(name)
    }
  }
}
