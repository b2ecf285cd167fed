import { type Peer, toPeerId } from '../../../dht/peer.ts'
import type { TableEntry } from '../../../dht/routing-table/table-entry.ts'
import { hexText } from '../../../shared/byte-text.ts'
import type { PeerRow } from '../../../shared/rows.ts'
import type { RunningNode } from '../../backend/running-node.ts'
import { addressText } from '../../traces/event-text.ts'
import { bareAddress } from './bare-address.ts'
import type { PeerFactsBook } from './peer-facts.ts'

/** Makes the rows of peers: the routing table joined with what libp2p knows. */
export class PeerRows {
  readonly #running: RunningNode
  readonly #facts: PeerFactsBook

  constructor(running: RunningNode, facts: PeerFactsBook) {
    this.#running = running
    this.#facts = facts
  }

  /** The table with its replacement caches. */
  all(): PeerRow[] {
    const { routingTable } = this.#running.node.dht
    return [
      ...Array.from(routingTable.entries(), (entry) => this.#row(entry, entry.state)),
      ...Array.from(routingTable.replacements(), (entry) => this.#row(entry, 'replacement')),
    ]
  }

  /** The rows of these peers, and who of them is in neither. */
  some(ids: ReadonlySet<string>): { changed: PeerRow[]; removed: string[] } {
    const changed: PeerRow[] = []
    const missing = new Set(ids)
    const { routingTable } = this.#running.node.dht
    for (const id of ids) {
      const entry = routingTable.entry(id)
      if (entry === undefined) continue
      changed.push(this.#row(entry, entry.state))
      missing.delete(id)
    }
    if (missing.size > 0) {
      for (const entry of routingTable.replacements()) {
        if (missing.delete(entry.peer.id)) changed.push(this.#row(entry, 'replacement'))
      }
    }
    return { changed, removed: [...missing] }
  }

  one(id: string): PeerRow | undefined {
    return this.some(new Set([id])).changed[0]
  }

  #row(entry: TableEntry, state: PeerRow['state']): PeerRow {
    const { peer, cpl, addedAt, reason, strikes, rttMs, lastSeenAt, lastUsefulAt } = entry
    const peerId = toPeerId(peer)
    const connection = this.#running.node.libp2p.getConnections(peerId)[0]
    const { agent, protocols } = this.#facts.of(peerId)
    const addresses = peer.addrs.map(addressText)
    const address = connection === undefined ? addresses[0] : bareAddress(connection.remoteAddr.toString())
    return {
      id: peer.id,
      key: hexText(peer.key),
      distance: hexText(this.#distance(peer)),
      cpl,
      state,
      addresses,
      protocols,
      connected: connection !== undefined,
      addedAt,
      reason,
      strikes,
      ...(address !== undefined && { address }),
      ...(agent !== undefined && { agent }),
      ...(rttMs !== undefined && { rttMs }),
      ...(lastSeenAt !== undefined && { lastSeenAt }),
      ...(lastUsefulAt !== undefined && { lastUsefulAt }),
    }
  }

  #distance({ key }: Peer): Uint8Array {
    const local = this.#running.self.key
    return key.map((byte, i) => byte ^ (local[i] ?? 0))
  }
}
