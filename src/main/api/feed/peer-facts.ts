import type { Connection, IdentifyResult, Libp2p, PeerId } from '@libp2p/interface'
import { bareAddress } from './bare-address.ts'

/** What identify and the connections tell of a peer. */
export interface PeerFacts {
  agent?: string
  protocols: string[]
}

/** Peers remembered at most; the table has fewer, the rest came and went. */
const MAX_PEERS = 20_000
/** Peers remembered of those who dialled one address. */
const MAX_DIALLERS = 10_000

/**
 * Remembers what libp2p learns of peers, so that their rows can be made at
 * once: its own peer store has to be waited for. `onChange` is told whose
 * facts or connections changed.
 */
export class PeerFactsBook {
  readonly #libp2p: Libp2p
  readonly #onChange: (id: string) => void
  readonly #facts = new Map<string, PeerFacts>()
  readonly #asked = new Set<string>()
  readonly #diallers = new Map<string, Set<string>>()

  constructor(libp2p: Libp2p, onChange: (id: string) => void) {
    this.#libp2p = libp2p
    this.#onChange = onChange
    libp2p.addEventListener('peer:identify', this.#onIdentify)
    libp2p.addEventListener('connection:open', this.#onConnection)
    libp2p.addEventListener('connection:close', this.#onConnection)
  }

  stop(): void {
    this.#libp2p.removeEventListener('peer:identify', this.#onIdentify)
    this.#libp2p.removeEventListener('connection:open', this.#onConnection)
    this.#libp2p.removeEventListener('connection:close', this.#onConnection)
  }

  /** What is known now; what the peer store has besides arrives by `onChange`. */
  of(id: PeerId): PeerFacts {
    const name = id.toString()
    const known = this.#facts.get(name)
    if (known === undefined && !this.#asked.has(name)) void this.#ask(id, name)
    return known ?? { protocols: [] }
  }

  /** How many distinct peers connected to this address of ours (without our id), as they see it. */
  diallersOf(address: string): number {
    return this.#diallers.get(address)?.size ?? 0
  }

  readonly #onIdentify = ({ detail }: CustomEvent<IdentifyResult>): void => {
    const { peerId, agentVersion, protocols, observedAddr, connection } = detail
    this.#keep(peerId.toString(), { protocols, ...(agentVersion !== undefined && { agent: agentVersion }) })
    if (connection.direction === 'inbound' && observedAddr !== undefined) {
      this.#noteDialler(bareAddress(observedAddr.toString()), peerId.toString())
    }
  }

  readonly #onConnection = ({ detail }: CustomEvent<Connection>): void => {
    this.#onChange(detail.remotePeer.toString())
  }

  #noteDialler(address: string, id: string): void {
    const diallers = this.#diallers.get(address) ?? new Set()
    if (diallers.size < MAX_DIALLERS) diallers.add(id)
    this.#diallers.set(address, diallers)
  }

  #keep(name: string, facts: PeerFacts): void {
    this.#facts.delete(name)
    this.#facts.set(name, facts)
    const [oldest] = this.#facts.keys()
    if (this.#facts.size > MAX_PEERS && oldest !== undefined) this.#facts.delete(oldest)
    this.#onChange(name)
  }

  async #ask(id: PeerId, name: string): Promise<void> {
    this.#asked.add(name)
    try {
      const { metadata, protocols } = await this.#libp2p.peerStore.get(id)
      const agent = metadata.get('AgentVersion')
      if (this.#facts.has(name) || (agent === undefined && protocols.length === 0)) return
      this.#keep(name, { protocols, ...(agent && { agent: new TextDecoder().decode(agent) }) })
    } catch {
      // Not in the peer store: identify tells it when we meet.
    } finally {
      if (this.#asked.size > MAX_PEERS) this.#asked.clear()
    }
  }
}
