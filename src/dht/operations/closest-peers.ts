import { InvalidArgumentError } from '../errors.ts'
import type { LookupCounts } from '../lookup/lookup.ts'
import type { Peer } from '../peer.ts'
import { MessageType, type RpcMessage } from '../wire/message.ts'
import type { DhtContext } from './context.ts'
import { countText, type OperationOptions, type OperationResult, runOperation } from './operation.ts'

/** Longest key FIND_NODE may carry, in bytes (protocol.md §8, 9). */
const MAX_KEY_BYTES = 128

export interface ClosestPeersOptions extends OperationOptions {
  /** How many. Default: the settings' k. */
  count?: number
  /** To begin with, instead of the table's. */
  seeds?: readonly Peer[]
  /** What it is done for. Default `'CLOSEST_PEERS'`. */
  kind?: 'CLOSEST_PEERS' | 'REFRESH'
}

export interface ClosestPeersResult extends OperationResult {
  /** Nearest to sha256 of the key first; each of them answered. */
  peers: Peer[]
  counts: LookupCounts
}

/**
 * Finds the peers nearest to a key (1–128 bytes; its sha256 is the target).
 * Throws `InvalidArgumentError`, `CancelledError`.
 */
export function closestPeers(
  context: DhtContext,
  key: Uint8Array,
  options: ClosestPeersOptions = {},
): Promise<ClosestPeersResult> {
  const { kind = 'CLOSEST_PEERS', count, seeds } = options
  return runOperation(context, kind, key, options, async (operation) => {
    checkKey(key)
    const { closest, counts } = await operation.lookup({
      message: findNode(key),
      ...(count !== undefined && { k: count }),
      ...(seeds !== undefined && { seeds }),
    })
    return { value: { peers: closest, counts }, result: countText(closest.length, 'closest peer') }
  })
}

/** A FIND_NODE request. */
export function findNode(key: Uint8Array): RpcMessage {
  return { type: MessageType.FIND_NODE, key, closerPeers: [], providerPeers: [] }
}

function checkKey(key: Uint8Array): void {
  if (key.length > 0 && key.length <= MAX_KEY_BYTES) return
  throw new InvalidArgumentError(
    `A key to look up has 1 to ${MAX_KEY_BYTES} bytes; this one has ${key.length}.`,
  )
}
