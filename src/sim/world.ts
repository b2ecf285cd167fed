import type { UntimedDhtEvent } from '../dht/events.ts'
import { type Key, keyText } from '../dht/key.ts'
import { type Peer, peerFromBytes, toPeerId } from '../dht/peer.ts'
import { NamespacedValidator } from '../dht/records/namespaced-validator.ts'
import { RoutingTable } from '../dht/routing-table/routing-table.ts'
import { RequestHandlers } from '../dht/rpc/handlers.ts'
import { MemoryProviderStorage } from '../dht/stores/memory-provider-storage.ts'
import { MemoryValueStorage } from '../dht/stores/memory-value-storage.ts'
import type { WirePeer } from '../dht/wire/message.ts'
import { KeyOrder } from './key-order.ts'
import { madeUpPeer } from './made-up-peers.ts'
import { SeededRandom } from './seeded-random.ts'
import type { LinkSettings } from './simulated-network.ts'
import type { Behaviour, SimulatedNode } from './simulated-node.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface WorldOptions {
  /** Replays the same world. */
  seed: number | string
  /** Honest servers. */
  servers: number
  /** Share of all peers in routing tables that are dead, 0 to 1. Default 0. */
  deadShare?: number
  /** Of the dead, the share that accepts connections and stays silent; the others refuse. Default 0.5. */
  silentShare?: number
  /** Time from request to reply, fixed for a peer, evenly spread. Default 20 to 200 ms. */
  latencyMs?: { min: number; max: number }
  links?: Partial<LinkSettings>
  /** Entries of a bucket, and peers in a reply. Default 20. */
  k?: number
  /** Rules for values. Default: none registered, strict. */
  validator?: NamespacedValidator
  /** Events of every server. Default: nowhere. */
  publish?: (peer: Peer, event: UntimedDhtEvent) => void
}

/**
 * A simulated network of servers that run the real handlers over real routing
 * tables, filled as a long-running network's are: of every distance up to k
 * random peers, dead ones among them. Same options, same world, same run.
 */
export class World {
  readonly clock = new VirtualClock()
  readonly random: SeededRandom
  readonly links: LinkSettings
  /** Honest servers in the order of their keys. */
  readonly live: KeyOrder
  /** Everybody that routing tables may name. */
  readonly everyone: KeyOrder
  readonly #options: WorldOptions
  readonly #k: number
  readonly #nodes = new Map<string, SimulatedNode>()
  readonly #byBytes = new Map<string, SimulatedNode>()
  readonly #tables = new Map<string, RoutingTable>()
  readonly #validator: NamespacedValidator

  constructor(options: WorldOptions) {
    const { seed, servers, deadShare = 0, silentShare = 0.5 } = options
    this.#options = options
    this.#k = options.k ?? 20
    this.#validator = options.validator ?? new NamespacedValidator()
    this.random = new SeededRandom(seed)
    this.links = { dialFactor: 0, refusalMs: 1, loss: 0, ...options.links }
    const dead = Math.round((servers * deadShare) / (1 - deadShare))
    const silent = Math.round(dead * silentShare)
    const live = this.#addMany(servers, 'honest')
    const gone = [...this.#addMany(silent, 'silent'), ...this.#addMany(dead - silent, 'refusing')]
    this.live = new KeyOrder(live)
    this.everyone = new KeyOrder([...live, ...gone])
  }

  find(id: string): SimulatedNode | undefined {
    return this.#nodes.get(id)
  }

  findByBytes(idBytes: Uint8Array): SimulatedNode | undefined {
    return this.#byBytes.get(keyText(idBytes))
  }

  /** The shared object of a peer that somebody named: a world of 100,000 hashes no id twice. */
  readonly peerOf = (entry: WirePeer): Peer => {
    return this.findByBytes(entry.id)?.peer ?? peerFromBytes(entry.id, entry.addrs)
  }

  /** The oracle: the honest servers nearest to `target`, nearest first. */
  closestLive(target: Key, count = this.#k): Peer[] {
    return this.live.closest(target, count)
  }

  /** Adds a node. Tables already filled do not know it. */
  add(peer: Peer, behaviour: Behaviour): SimulatedNode {
    const { min, max } = this.#options.latencyMs ?? { min: 20, max: 200 }
    let handlers: RequestHandlers | undefined
    const node: SimulatedNode = {
      peer,
      behaviour,
      latencyMs: this.random.between(min, max),
      responder: () => {
        handlers ??= this.#makeHandlers(peer)
        return handlers
      },
    }
    this.#nodes.set(peer.id, node)
    this.#byBytes.set(keyText(peer.bytes), node)
    return node
  }

  /** A node's routing table, filled when it is first asked for. */
  tableOf(peer: Peer): RoutingTable {
    const known = this.#tables.get(peer.id)
    if (known !== undefined) return known
    const table = this.emptyTable(peer)
    this.#fill(table, peer)
    this.#tables.set(peer.id, table)
    return table
  }

  /** Fills the tables of all honest servers; returns the number of entries. */
  buildTables(): number {
    return this.live.peers.reduce((entries, peer) => entries + this.tableOf(peer).size(), 0)
  }

  emptyTable(peer: Peer): RoutingTable {
    const publish = (event: UntimedDhtEvent) => this.#options.publish?.(peer, event)
    return new RoutingTable(toPeerId(peer), undefined, { bucketSize: this.#k, clock: this.clock, publish })
  }

  #addMany(count: number, behaviour: Behaviour): Peer[] {
    return Array.from({ length: count }, () => this.add(madeUpPeer(this.random), behaviour).peer)
  }

  #fill(table: RoutingTable, { id, key }: Peer): void {
    const random = new SeededRandom(`${this.#options.seed}:${id}`)
    const { peers } = this.everyone
    for (const { from, to } of this.everyone.slices(key)) {
      for (const index of pickDistinct(random, from, to, this.#k)) {
        const peer = peers[index]
        if (peer !== undefined && peer.id !== id) table.add(peer, 'manual', 'live')
      }
    }
  }

  #makeHandlers(self: Peer): RequestHandlers {
    const publish = (event: UntimedDhtEvent) => this.#options.publish?.(self, event)
    const storage = { clock: this.clock, localId: self.id, localKey: self.key, publish }
    let rpcId = 0
    return new RequestHandlers({
      network: { self, addressFilter: () => true, findKnown: async () => undefined },
      table: this.tableOf(self),
      values: new MemoryValueStorage(storage),
      providers: new MemoryProviderStorage(storage),
      validator: this.#validator,
      clock: this.clock,
      publish,
      nextRpcId: () => ++rpcId,
      settings: { k: this.#k },
    })
  }
}

/** At most `count` different whole numbers in [from, to). */
function pickDistinct(random: SeededRandom, from: number, to: number, count: number): Iterable<number> {
  if (to - from <= count) return Array.from({ length: to - from }, (_, i) => from + i)
  const picked = new Set<number>()
  while (picked.size < count) picked.add(from + random.integer(to - from))
  return picked
}
