import type { RequestFailure } from '../network.ts'
import { RequestError } from '../network.ts'
import type { Peer } from '../peer.ts'
import type { RpcMessage } from '../wire/message.ts'
import type { DhtContext } from './context.ts'
import type { SendOptions } from './requests.ts'

/** Why a peer did not store what it was sent. */
export type StoreFailure = RequestFailure | 'rejected' | 'mismatch'

/** What came of storing at one peer. */
export interface PeerStoreResult {
  peer: Peer
  ok: boolean
  /** Absent when ok. */
  failure?: StoreFailure
  message?: string
}

export interface StoreTask {
  operationId: number
  message: RpcMessage
  purpose: 'store' | 'correction'
  reply: NonNullable<SendOptions['reply']>
  signal?: AbortSignal
  /** Says what is wrong with an answer; undefined when the peer stored. `reply` is absent when it sent none. */
  judge: (reply: RpcMessage | undefined) => { failure: StoreFailure; message: string } | undefined
  /** Called with each result as it comes. */
  onStored?: (result: PeerStoreResult) => void
}

/**
 * Sends one message to each of `peers` at once, and tells what came of each,
 * in the order of `peers`; each is also published as `store:answered`. Never
 * rejects for what a peer does.
 */
export function storeAtPeers(
  context: DhtContext,
  peers: readonly Peer[],
  task: StoreTask,
): Promise<PeerStoreResult[]> {
  return Promise.all(peers.map((peer) => storeAtPeer(context, peer, task)))
}

async function storeAtPeer(context: DhtContext, peer: Peer, task: StoreTask): Promise<PeerStoreResult> {
  const { operationId, message, purpose, reply, signal } = task
  let rpcId = 0
  const problem = await context.requests
    .send(peer, message, {
      operationId,
      purpose,
      reply,
      ...(signal !== undefined && { signal }),
      onSent: (id) => {
        rpcId = id
      },
    })
    .then((exchange) => task.judge(exchange.reply), problemOf)
  const result: PeerStoreResult = { peer, ok: problem === undefined, ...problem }
  context.publish({ type: 'store:answered', operationId, rpcId, ...result, peer: peer.id })
  task.onStored?.(result)
  return result
}

function problemOf(error: unknown): { failure: StoreFailure; message: string } {
  if (!(error instanceof RequestError)) throw error
  return { failure: error.failure, message: error.message }
}

/** How many stored. */
export function countStored(results: readonly PeerStoreResult[]): number {
  return results.filter(({ ok }) => ok).length
}
