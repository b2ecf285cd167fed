import { equals } from 'uint8arrays/equals'
import type { Peer } from '../../peer.ts'
import { isMultihash } from '../../wire/multihash.ts'
import { closerPeers, type Handler, type HandlerContext, requiredKey } from './handler.ts'

/**
 * FIND_NODE: the peer asked for, when we know it, then the k nearest to the
 * key. Asked for ourselves we name ourselves: go-libp2p's admission probe asks
 * that and drops servers that do not. The key is not echoed, as by all others.
 */
export const handleFindNode: Handler = async (context, from, request) => {
  const key = requiredKey(request, context.settings.maxPeerKeyBytes)
  const target = await findTarget(context, key)
  const closer = closerPeers(context, from, key, target)
  return { closerPeers: target === undefined ? closer : [target, ...closer] }
}

/** The peer with exactly this id, client or server. Others are left out without addresses; we are not. */
async function findTarget(context: HandlerContext, key: Uint8Array): Promise<Peer | undefined> {
  const { self } = context.network
  if (equals(key, self.bytes)) return self
  if (!isMultihash(key)) return undefined
  const known = await context.network.findKnown(key)
  return known !== undefined && context.entries.of(known).isDialable ? known : undefined
}
