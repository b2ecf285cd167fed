import type { Connection, PeerId, Stream } from '@libp2p/interface'
import { checkMode, type DHTMode } from './dht-mode.ts'
import type { DhtOperations } from './dht-operations.ts'
import { type Diagnostics, diagnose } from './diagnostics.ts'
import type { EventListener } from './event-hub.ts'
import { type Host, type HostComponents, hostOf } from './host.ts'
import type { KadDHTOptions } from './kad-dht-options.ts'
import { type KadDHTParts, makeParts } from './kad-dht-parts.ts'
import { type KeyInput, peerIdBytesOf, providerKeyOf, recordKeyOf } from './key-input.ts'
import { Lifecycle } from './lifecycle.ts'
import type { PutValueResult } from './operations/put-value.ts'
import type { SendOptions, SentExchange } from './operations/requests.ts'
import { type Peer, type PeerInfo, peerFromId, peerFromInfo, toPeerInfo } from './peer.ts'
import { PeerRouting } from './peer-routing.ts'
import type { Validator } from './records/validator.ts'
import type { RoutingTable } from './routing-table/routing-table.ts'
import type { ProviderStorage } from './stores/provider-storage.ts'
import type { ValueStorage } from './stores/value-storage.ts'
import type { RpcMessage } from './wire/message.ts'

/** Options of every call that asks the network. */
export interface CallOptions {
  /** Aborting ends the call at once; it throws `CancelledError`. */
  signal?: AbortSignal | undefined
  /** Told of everything this call does, as it happens. */
  onEvent?: EventListener | undefined
}

/**
 * A node of a Kademlia DHT (libp2p/specs kad-dht) on a libp2p node: py-libp2p's
 * `KadDHT`, in TypeScript. It owns the parts and puts them to work between
 * `start` and `stop`; what they do is theirs. Calls that ask the network throw
 * `NotAvailableError` while it is stopped.
 */
export class KadDHT {
  readonly routingTable: RoutingTable
  readonly peerRouting: PeerRouting
  /** Values held for the network, and those published here. */
  readonly valueStore: ValueStorage
  readonly providerStore: ProviderStorage
  /** The same operations with their ids, given at once, and their whole results. */
  readonly operations: DhtOperations
  readonly #options: KadDHTOptions
  readonly #parts: KadDHTParts
  readonly #life: Lifecycle

  /**
   * @param host - a libp2p node, or the components a service is made with.
   * Throws `InvalidArgumentError` for an unknown mode or a bootstrap address that is none.
   */
  constructor(host: Host | HostComponents, mode: DHTMode, options: KadDHTOptions = {}) {
    checkMode(mode)
    const node = 'getMultiaddrs' in host ? host : hostOf(host)
    const parts = makeParts(node, options)
    const { table, values, providers } = parts
    this.#options = options
    this.#parts = parts
    this.routingTable = table
    this.valueStore = values
    this.providerStore = providers
    this.peerRouting = new PeerRouting(node, table, parts)
    this.#life = new Lifecycle(node, mode, parts, options)
    this.operations = this.#life.operations
  }

  /** What the node is now, and what it was told to be. */
  get mode(): { configured: DHTMode; effective: 'CLIENT' | 'SERVER' } {
    const { configured, effective } = this.#life.serving
    return { configured, effective }
  }

  get protocol(): string {
    return this.#parts.network.protocol
  }

  /** This node, with the addresses it announces. */
  get self(): Peer {
    return this.#parts.network.self
  }

  isStarted(): boolean {
    return this.#life.isStarted
  }

  /** Begins to serve (as the mode says), asks the bootstrap peers, and keeps the table. Harmless when it runs. */
  start(): Promise<void> {
    return this.#life.start()
  }

  /** Ends everything: no timer, dial or stream is left when it resolves. `start` begins anew. */
  stop(): Promise<void> {
    return this.#life.stop()
  }

  /** Every event of the node, from now on. Returns what ends the subscription. */
  subscribe(listener: EventListener): () => void {
    return this.#parts.hub.subscribe(listener)
  }

  /**
   * Asks a peer whether it serves this protocol, and adds it to the routing
   * table when it does. False when it does not answer, or the table does not
   * take it. Without addresses, those known to libp2p are used.
   */
  async addPeer(peer: PeerId | PeerInfo): Promise<boolean> {
    this.#life.check('peers')
    const { network, admission } = this.#parts
    const given = 'multiaddrs' in peer ? peerFromInfo(peer) : peerFromId(peer)
    const wanted = given.addrs.length > 0 ? given : ((await network.findKnown(given.bytes)) ?? given)
    return wanted.id !== network.self.id && (await admission.admit(wanted))
  }

  /** Sends one request made by hand, outside any operation. Throws `RequestError`. */
  request(
    peer: Peer,
    message: RpcMessage,
    options: Pick<SendOptions, 'signal' | 'onSent'> = {},
  ): Promise<SentExchange> {
    this.#life.check('peers')
    return this.#parts.requests.send(peer, message, { ...options, purpose: 'manual' })
  }

  /** Adds the validators of `/pk` and `/ipns` where they are missing, unless the caller chose the validator. */
  applyFallbacks(): void {
    this.#parts.validator.applyFallbacks()
  }

  /** Replaces the validator. The fallbacks are not added to it. */
  setValidator(validator: Validator): void {
    this.#parts.validator.set(validator)
  }

  /** Registers the rules of a namespace. Throws `InvalidArgumentError` when the validator in force has no namespaces. */
  setNamespaceValidator(namespace: string, validator: Validator): void {
    this.#parts.validator.setNamespace(namespace, validator)
  }

  /** The same as `setNamespaceValidator`. */
  registerValidator(namespace: string, validator: Validator): void {
    this.setNamespaceValidator(namespace, validator)
  }

  /**
   * Stores a value at the peers nearest to its key. Throws before anything is
   * sent: `InvalidRecordTypeError` without a validator for the key,
   * `OlderRecordError` when a newer value is held here, and what the validator throws.
   */
  async putValue(key: KeyInput, value: Uint8Array, options: CallOptions = {}): Promise<PutValueResult> {
    return this.operations.putValue(recordKeyOf(key, this.#options.textKeys), value, options).result
  }

  /**
   * The best valid value under a key; undefined when nobody holds one. With a
   * `quorum` so many peers must confirm a valid value; when fewer do, the best
   * one is returned all the same and a `warning` is published.
   */
  async getValue(key: KeyInput, quorum = 0, options: CallOptions = {}): Promise<Uint8Array | undefined> {
    const bytes = recordKeyOf(key, this.#options.textKeys)
    const found = await this.operations.getValue(bytes, { ...options, quorum }).result
    if (!found.isQuorumReached) {
      const message = `${found.validHolders} of ${quorum} peers asked for confirmed a valid value.`
      this.#parts.publish({ type: 'warning', message })
    }
    return found.value
  }

  /** Announces this node as a provider of a key. True when at least one peer took the announcement. */
  async provide(key: KeyInput, options: CallOptions = {}): Promise<boolean> {
    const bytes = providerKeyOf(key, this.#options.textKeys)
    return (await this.operations.provide(bytes, options).result).stored > 0
  }

  /** At most `count` providers of a key (default 20; 0: all there are). */
  async findProviders(key: KeyInput, count = 20, options: CallOptions = {}): Promise<PeerInfo[]> {
    const bytes = providerKeyOf(key, this.#options.textKeys)
    const { providers } = await this.operations.findProviders(bytes, { ...options, count }).result
    return providers.map(({ peer }) => toPeerInfo(peer))
  }

  /** A peer with its addresses; undefined when nobody knows any. */
  async findPeer(id: PeerId | KeyInput, options: CallOptions = {}): Promise<PeerInfo | undefined> {
    const { peer } = await this.operations.findPeer(peerIdBytesOf(id), options).result
    return peer === undefined ? undefined : toPeerInfo(peer)
  }

  /** Peers in the routing table. */
  getRoutingTableSize(): number {
    return this.routingTable.size()
  }

  /** Values in the store. */
  async getValueStoreSize(): Promise<number> {
    return (await this.valueStore.stats()).entries
  }

  /** Serves a stream on which the protocol was negotiated; for hosts that do not call us themselves. */
  handleStream(stream: Stream, connection: Connection): void {
    this.#parts.inbound.handle(stream, connection)
  }

  isRandomWalkEnabled(): boolean {
    return this.#options.enableRandomWalk ?? false
  }

  /** Looks up this node, and a key in the range of every bucket. Resolves when that is done. */
  async refreshRoutingTable(): Promise<void> {
    this.#life.check('peers')
    await this.#life.maintenance.runNow('refresh')
  }

  /** Makes the node a client, a server, or what its addresses allow. Resolves with the mode when it is in effect. */
  async switchMode(mode: DHTMode): Promise<DHTMode> {
    checkMode(mode)
    await this.#life.serving.switchTo(mode)
    return mode
  }

  getDiagnostics(): Promise<Diagnostics> {
    return diagnose(this.#parts, this.#life)
  }
}
