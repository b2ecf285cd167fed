import type { PeerId } from '@libp2p/interface'
import type { Host } from './host.ts'
import type { KadDHTOptions } from './kad-dht-options.ts'
import { makeParts } from './kad-dht-parts.ts'
import { closestPeers } from './operations/closest-peers.ts'
import type { DhtContext } from './operations/context.ts'
import { toPeerId } from './peer.ts'
import type { RoutingTable } from './routing-table/routing-table.ts'

/**
 * Finds peers in the network. A `KadDHT` has one as `peerRouting`; one made by
 * itself works with the table it is given, as a client.
 */
export class PeerRouting {
  readonly routingTable: RoutingTable
  readonly #context: DhtContext
  /** Begins to follow the host's connections; the node does so itself for its own. */
  readonly #start: () => Promise<void>

  /** @param context - of the node this belongs to; without it one is made from `options`. */
  constructor(host: Host, routingTable: RoutingTable, context?: DhtContext, options: KadDHTOptions = {}) {
    this.routingTable = routingTable
    if (context !== undefined) {
      this.#context = context
      this.#start = () => Promise.resolve()
      return
    }
    const parts = makeParts(host, options)
    this.#context = { ...parts, table: routingTable }
    let started: Promise<void> | undefined
    this.#start = () => {
      started ??= parts.network.start()
      return started
    }
  }

  /**
   * The `count` peers nearest to sha256 of `targetKey`, nearest first; all of
   * them answered. With few peers in the table the lookup begins with
   * connected servers too, then with peers of the peer store.
   */
  async findClosestPeersNetwork(
    targetKey: Uint8Array,
    count = 20,
    options: { signal?: AbortSignal } = {},
  ): Promise<PeerId[]> {
    await this.#start()
    const { peers } = await closestPeers(this.#context, targetKey, { count, ...options })
    return peers.map(toPeerId)
  }
}
