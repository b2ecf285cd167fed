import type { LookupCounts } from '../lookup/lookup.ts'
import type { LookupReply } from '../lookup/run-lookup.ts'
import { RequestError } from '../network.ts'
import { type Peer, peerFromBytes } from '../peer.ts'
import { MessageType, type RpcMessage } from '../wire/message.ts'
import type { DhtContext } from './context.ts'
import {
  countText,
  type Operation,
  type OperationOptions,
  type OperationResult,
  runOperation,
} from './operation.ts'
import { checkProviderKey } from './provide.ts'
import { regionPeers } from './region.ts'

export interface FindProvidersOptions extends OperationOptions {
  /**
   * Ask every peer of the key's region too, when the lookup alone has not
   * found `count`: what `provide` with the same option announced is then found
   * behind any number of identities made up next to the key. Default false.
   */
  region?: boolean
  /** Providers after which the lookup may end. Default 20; 0 means all there are. */
  count?: number
  /** Called with every provider as it is first heard of. */
  onProvider?: (peer: Peer) => void
}

/** A provider and who told us. */
export interface FoundProvider {
  /** With all addresses heard of. */
  peer: Peer
  /** Base58btc ids; our own when it came from our store. */
  namedBy: string[]
}

export interface FindProvidersResult extends OperationResult {
  /** At most `count`; no responder fills more of them than its turn while others have providers left. */
  providers: FoundProvider[]
  /** All heard of, before `count` cut them down. */
  heard: number
  closest: Peer[]
  counts: LookupCounts
}

/** Providers read of one reply (a server keeps at most 100 of a key). */
const MAX_PER_REPLY = 100
/** Addresses kept of one provider. */
const MAX_ADDRS = 16

/**
 * Finds who provides `key` (a multihash, 1–80 bytes). The count ends the
 * lookup only after β peers have named providers, and of each peer's list only
 * a share counts towards it: forged answers of one peer cannot end a lookup
 * (arXiv 2505.01139). What is found never enters the store this node serves.
 * Throws `InvalidArgumentError`, `CancelledError`.
 */
export function findProviders(
  context: DhtContext,
  key: Uint8Array,
  options: FindProvidersOptions = {},
): Promise<FindProvidersResult> {
  return runOperation(context, 'FIND_PROVIDERS', key, options, async (operation) => {
    checkProviderKey(key)
    const search = new ProviderSearch(context, operation, options)
    await search.findLocally(key)
    const message = { type: MessageType.GET_PROVIDERS, key, closerPeers: [], providerPeers: [] }
    const { closest, counts } = await operation.lookup({
      message,
      onReply: (reply, stop) => {
        search.read(reply)
        if (search.isCountReached()) stop()
      },
    })
    if (options.region && !search.isCountReached()) {
      const region = await regionPeers(context, operation, [])
      await Promise.all(region.map((peer) => search.ask(peer, message)))
    }
    const providers = search.providers()
    const value = { providers, heard: search.heard, closest, counts }
    return { value, result: countText(providers.length, 'provider') }
  })
}

class ProviderSearch {
  readonly #context: DhtContext
  readonly #operation: Operation
  readonly #count: number
  readonly #onProvider: (peer: Peer) => void
  readonly #found = new Map<string, FoundProvider>()
  /** Lists as they were named, by responder. */
  readonly #lists = new Map<string, string[]>()

  constructor(context: DhtContext, operation: Operation, { count = 20, onProvider }: FindProvidersOptions) {
    this.#context = context
    this.#operation = operation
    this.#count = count > 0 ? count : Number.POSITIVE_INFINITY
    this.#onProvider = onProvider ?? (() => {})
  }

  get heard(): number {
    return this.#found.size
  }

  async findLocally(key: Uint8Array): Promise<void> {
    const { providers, network } = this.#context
    for (const { providerBytes, addrs } of await providers.get(key)) {
      this.#add(peerFromBytes(providerBytes, addrs), network.self.id)
    }
  }

  read({ peer, rpcId, message }: LookupReply): void {
    for (const entry of message.providerPeers.slice(0, MAX_PER_REPLY)) {
      const provider = this.#context.requests.peerOf(entry)
      if (provider !== undefined) this.#add(provider, peer.id, rpcId)
    }
  }

  /** Asks one peer outside the lookup; who does not answer adds nothing. */
  async ask(peer: Peer, message: RpcMessage): Promise<void> {
    if (this.#lists.has(peer.id)) return
    const { id: operationId, withSignal } = this.#operation
    const send = { operationId, purpose: 'lookup', ...withSignal } as const
    await this.#context.requests.send(peer, message, send).then(
      ({ rpcId, reply }) => reply && this.read({ peer, rpcId, message: reply }),
      (error: unknown) => {
        if (!(error instanceof RequestError)) throw error
      },
    )
  }

  /** What this node holds itself counts as one more list, but not towards the β. */
  isCountReached(): boolean {
    const { beta } = this.#context.settings
    const others = [...this.#lists.keys()].filter((id) => id !== this.#context.network.self.id)
    return others.length >= beta && this.#countShared(Math.ceil(this.#count / beta)) >= this.#count
  }

  /** Different providers, of which each responder brings at most `share`. */
  #countShared(share: number): number {
    const counted = new Set<string>()
    for (const list of this.#lists.values()) {
      for (const id of list.filter((named) => !counted.has(named)).slice(0, share)) counted.add(id)
    }
    return counted.size
  }

  /** One of each responder's list in turn, so that a long forged list does not crowd out the others. */
  providers(): FoundProvider[] {
    const chosen = new Map<string, FoundProvider>()
    const lists = [...this.#lists.values()]
    const longest = Math.max(0, ...lists.map((list) => list.length))
    for (let turn = 0; turn < longest; turn++) {
      for (const list of lists) {
        const found = this.#found.get(list[turn] ?? '')
        if (found !== undefined && chosen.size < this.#count) chosen.set(found.peer.id, found)
      }
    }
    return [...chosen.values()]
  }

  #add(peer: Peer, from: string, rpcId?: number): void {
    const list = this.#lists.get(from) ?? []
    if (list.includes(peer.id)) return
    this.#lists.set(from, [...list, peer.id])
    const known = this.#found.get(peer.id)
    if (known === undefined) this.#onProvider(peer)
    this.#found.set(peer.id, {
      peer: known === undefined ? peer : { ...peer, addrs: joined(known.peer.addrs, peer.addrs) },
      namedBy: [...(known?.namedBy ?? []), from],
    })
    this.#context.publish({
      type: 'provider:found',
      operationId: this.#operation.id,
      from,
      provider: peer.id,
      addrs: [...peer.addrs],
      ...(rpcId !== undefined && { rpcId }),
    })
  }
}

function joined(a: readonly Uint8Array[], b: readonly Uint8Array[]): Uint8Array[] {
  const byText = new Map([...a, ...b].map((addr) => [addr.join(), addr]))
  return [...byText.values()].slice(0, MAX_ADDRS)
}
