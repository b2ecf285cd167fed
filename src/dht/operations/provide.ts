import { InvalidArgumentError, NotAvailableError } from '../errors.ts'
import { MessageType, type RpcMessage } from '../wire/message.ts'
import { findNode } from './closest-peers.ts'
import type { DhtContext } from './context.ts'
import { type OperationOptions, type OperationResult, runOperation } from './operation.ts'
import { regionPeers } from './region.ts'
import { countStored, type PeerStoreResult, type StoreFailure, storeAtPeers } from './store-at-peers.ts'

export interface ProvideOptions extends OperationOptions {
  /**
   * Announce to every peer of the key's region of the keyspace, so that
   * identities made up next to the key cannot hide the record; costs about
   * eight times the requests. Default false: to the k nearest.
   */
  region?: boolean
  /** Called with each peer's answer as it comes. */
  onStored?: (result: PeerStoreResult) => void
}

export interface ProvideResult extends OperationResult {
  /** Peers that took the announcement, as far as they say: go, js and rust do not acknowledge one. */
  stored: number
  of: number
  /** Nearest to the key first. */
  peers: PeerStoreResult[]
}

/** Longest provider key (a multihash), in bytes (protocol.md §8, 9). */
const MAX_KEY_BYTES = 80

/**
 * Announces this node as a provider of `key` (a multihash, 1–80 bytes): keeps
 * the record here and sends it to the k nearest peers, or to their region. Throws
 * `InvalidArgumentError`, `NotAvailableError` when this node has no address to
 * announce, `CancelledError`.
 */
export function provide(
  context: DhtContext,
  key: Uint8Array,
  options: ProvideOptions = {},
): Promise<ProvideResult> {
  const { onStored, region = false } = options
  return runOperation(context, 'PROVIDE', key, options, async (operation) => {
    checkProviderKey(key)
    checkHasAddress(context)
    await storeLocally(context, key)
    const { closest } = await operation.lookup({ message: findNode(key) })
    const holders = region ? await regionPeers(context, operation, closest) : closest
    const peers = await storeAtPeers(context, holders, {
      operationId: operation.id,
      message: announcement(context, key),
      purpose: 'store',
      reply: 'optional',
      judge: judgeAck,
      ...operation.withSignal,
      ...(onStored !== undefined && { onStored }),
    })
    const stored = countStored(peers)
    return {
      value: { stored, of: peers.length, peers },
      result: `announced to ${stored} of ${peers.length}`,
      stored,
    }
  })
}

/** Throws `InvalidArgumentError` when the key cannot be a provider key. */
export function checkProviderKey(key: Uint8Array): void {
  if (key.length > 0 && key.length <= MAX_KEY_BYTES) return
  throw new InvalidArgumentError(
    `A provider key is a multihash of 1 to ${MAX_KEY_BYTES} bytes; this one has ${key.length}.`,
  )
}

function checkHasAddress({ network }: DhtContext): void {
  if (network.self.addrs.length > 0) return
  throw new NotAvailableError(
    'This node has no address to announce, so nobody could fetch from it. Listen on an address first.',
  )
}

function announcement({ network: { self } }: DhtContext, key: Uint8Array): RpcMessage {
  const provider = { id: self.bytes, addrs: [...self.addrs], connection: 1 }
  return { type: MessageType.ADD_PROVIDER, key, closerPeers: [], providerPeers: [provider] }
}

/** py-libp2p acknowledges what it refused too, but without the key. Silence means taken. */
function judgeAck(reply: RpcMessage | undefined): { failure: StoreFailure; message: string } | undefined {
  if (reply === undefined || reply.key !== undefined) return undefined
  return {
    failure: 'rejected',
    message: 'The peer answered without the key: it did not take the announcement.',
  }
}

async function storeLocally(
  { network, providers, clock, settings }: DhtContext,
  key: Uint8Array,
): Promise<void> {
  const now = clock.now()
  const { id, bytes, addrs } = network.self
  await providers.put({
    key,
    provider: id,
    providerBytes: bytes,
    addrs: [...addrs],
    receivedAt: now,
    addrsExpireAt: now + settings.providerAddrTtlMs,
    expiresAt: now + settings.providerTtlMs,
  })
}
