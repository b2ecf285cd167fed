import { acceptAllAddresses } from '../dht/address-filter.ts'
import type { UntimedDhtEvent } from '../dht/events.ts'
import { type Key, keyText } from '../dht/key.ts'
import { type Peer, peerFromBytes, toPeerId } from '../dht/peer.ts'
import { NamespacedValidator } from '../dht/records/namespaced-validator.ts'
import { RoutingTable } from '../dht/routing-table/routing-table.ts'
import { RequestHandlers, type RequestHandlersDeps } from '../dht/rpc/handlers.ts'
import { MemoryProviderStorage } from '../dht/stores/memory-provider-storage.ts'
import { MemoryValueStorage } from '../dht/stores/memory-value-storage.ts'
import type { WirePeer } from '../dht/wire/message.ts'
import { PeerEntries } from '../dht/wire/reply.ts'
import { KeyOrder } from './key-order.ts'
import { drawLatencyMs, type Latency } from './latency.ts'
import { madeUpPeer } from './made-up-peers.ts'
import { SeededRandom } from './seeded-random.ts'
import type { LinkSettings } from './simulated-network.ts'
import { type Behaviour, SimulatedNode } from './simulated-node.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface WorldOptions {
  /** Replays the same world. */
  seed: number | string
  /** Honest servers. */
  servers: number
  /** Share of all peers in routing tables that are dead, 0 to 1. Default 0. */
  deadShare?: number
  /** How they are dead, in equal parts. Default: half are silent, half refuse. */
  deadAs?: readonly Behaviour[]
  /** Time from request to reply, fixed for a peer. Default: evenly from 20 to 200 ms. */
  latencyMs?: Latency
  links?: Partial<LinkSettings>
  /** Entries of a bucket, and peers in a reply. Default 20. */
  k?: number
  /** Rules for values. Default: none registered, strict. */
  validator?: NamespacedValidator
  /** Events of every server. Default: nowhere. */
  publish?: (peer: Pick<Peer, 'id'>, event: UntimedDhtEvent) => void
}

/** Where a node of a world keeps what it holds. */
export type Stores = Pick<RequestHandlersDeps, 'values' | 'providers'>

/**
 * A simulated network of servers that run the real handlers over real routing
 * tables, filled as a long-running network's are: of every distance up to k
 * random peers, dead ones among them. Same options, same world, same run.
 */
export class World {
  readonly clock = new VirtualClock()
  readonly random: SeededRandom
  readonly links: LinkSettings
  /** Everybody that routing tables may name. */
  everyone: KeyOrder
  readonly #options: WorldOptions
  readonly #k: number
  readonly #nodes = new Map<string, SimulatedNode>()
  readonly #byBytes = new Map<string, SimulatedNode>()
  readonly #tables = new Map<string, RoutingTable>()
  readonly #validator: NamespacedValidator
  /** Each peer is encoded once for all servers. */
  readonly #entries = new PeerEntries(acceptAllAddresses)
  /** Undefined when somebody came or changed since it was made. */
  #live: KeyOrder | undefined

  constructor(options: WorldOptions) {
    const { seed, servers, deadShare = 0, deadAs = ['silent', 'refusing'] } = options
    this.#options = options
    this.#k = options.k ?? 20
    this.#validator = options.validator ?? new NamespacedValidator()
    this.random = new SeededRandom(seed)
    this.links = { dialFactor: 0, refusalMs: 1, loss: 0, ...options.links }
    const dead = Math.round((servers * deadShare) / (1 - deadShare))
    const behaviours = [
      ...Array.from({ length: servers }, (): Behaviour => 'honest'),
      ...Array.from({ length: dead }, (_, i) => deadAs[i % deadAs.length] ?? 'refusing'),
    ]
    this.everyone = new KeyOrder(
      behaviours.map((behaviour) => this.add(madeUpPeer(this.random), behaviour).peer),
    )
  }

  /** Who serves now, honest or lying, in the order of their keys. */
  get live(): KeyOrder {
    const isServing = ({ peer, isServing }: SimulatedNode) => (isServing ? [peer] : [])
    this.#live ??= new KeyOrder([...this.#nodes.values()].flatMap(isServing))
    return this.#live
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

  /** The oracle: those who serve, to `target` first. */
  closestLive(target: Key, count = this.#k): Peer[] {
    return this.live.closest(target, count)
  }

  /** Adds a node. Tables already filled do not know it. */
  add(peer: Peer, behaviour: Behaviour): SimulatedNode {
    const latencyMs = drawLatencyMs(this.random, this.#options.latencyMs ?? { min: 20, max: 200 })
    let handlers: RequestHandlers | undefined
    const responder = () => {
      handlers ??= this.handlersOf(peer, { ...this.storesOf(peer), table: this.tableOf(peer) })
      return handlers
    }
    const onChange = () => {
      this.#live = undefined
    }
    const node = new SimulatedNode({ peer, behaviour, latencyMs, responder, onChange })
    this.#nodes.set(peer.id, node)
    this.#byBytes.set(keyText(peer.bytes), node)
    onChange()
    return node
  }

  /**
   * Lets the others know of peers that were added: tables that are filled
   * already take them as newcomers, who find the full buckets taken.
   */
  introduce(peers: readonly Peer[]): void {
    for (const table of this.#tables.values()) for (const peer of peers) table.add(peer, 'probe', 'live')
    this.everyone = new KeyOrder([...this.everyone.peers, ...peers])
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
    const publish = this.#publishOf(peer)
    return new RoutingTable(toPeerId(peer), undefined, {
      bucketSize: this.#k,
      clock: this.clock,
      ...(publish !== undefined && { publish }),
    })
  }

  /** Empty stores for a node. */
  storesOf({ id, key }: Peer, publish = this.#publishOf({ id })): Stores {
    const options = {
      clock: this.clock,
      localId: id,
      localKey: key,
      ...(publish !== undefined && { publish }),
    }
    return { values: new MemoryValueStorage(options), providers: new MemoryProviderStorage(options) }
  }

  /** The real server code of a node over its table and stores. */
  handlersOf(
    self: Peer,
    parts: Stores & Pick<RequestHandlersDeps, 'table'> & Partial<Pick<RequestHandlersDeps, 'limits'>>,
  ): RequestHandlers {
    let rpcId = 0
    return new RequestHandlers({
      network: { self, addressFilter: acceptAllAddresses, findKnown: async () => undefined },
      ...parts,
      validator: this.#validator,
      clock: this.clock,
      publish: this.#publishOf(self) ?? (() => {}),
      nextRpcId: () => ++rpcId,
      settings: { k: this.#k },
      entries: this.#entries,
    })
  }

  #publishOf(peer: Pick<Peer, 'id'>): ((event: UntimedDhtEvent) => void) | undefined {
    const { publish } = this.#options
    return publish && ((event) => publish(peer, event))
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
}

/** At most `count` different whole numbers in [from, to). */
function pickDistinct(random: SeededRandom, from: number, to: number, count: number): Iterable<number> {
  if (to - from <= count) return Array.from({ length: to - from }, (_, i) => from + i)
  const picked = new Set<number>()
  while (picked.size < count) picked.add(from + random.integer(to - from))
  return picked
}
