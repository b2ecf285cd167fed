import type { Peer } from '../peer.ts'
import type { DhtContext } from './context.ts'
import { runOperation } from './operation.ts'
import { judgeEcho, putMessage } from './put-value.ts'
import { prefersOffered } from './record-rules.ts'
import { countStored, storeAtPeers } from './store-at-peers.ts'

/**
 * Sends the best value to peers that should hold it and do not, and replaces a
 * worse one held here. Runs in the background as an operation of its own; its
 * failures are published and harm nobody.
 */
export function correctHolders(
  context: DhtContext,
  key: Uint8Array,
  best: Uint8Array,
  stale: readonly Peer[],
  parentId: number,
): void {
  correctLocally(context, key, best).catch((error: unknown) => {
    context.publish({
      type: 'warning',
      message: `The value held here could not be replaced: ${String(error)}`,
    })
  })
  if (stale.length === 0) return
  runOperation(context, 'CORRECTION', key, { parentId }, async (operation) => {
    const results = await storeAtPeers(context, stale, {
      operationId: operation.id,
      message: putMessage(context, key, best),
      purpose: 'correction',
      reply: 'expected',
      judge: (reply) => judgeEcho(reply, best),
    })
    const stored = countStored(results)
    return { value: {}, result: `corrected ${stored} of ${results.length}`, stored }
  }).catch(() => {
    // Published as the operation's end; nobody waits for it.
  })
}

/** Only what we hold already: a get makes no node a holder. */
async function correctLocally(context: DhtContext, key: Uint8Array, best: Uint8Array): Promise<void> {
  const { values } = context
  const held = await values.get(key)
  if (held === undefined) return
  await values.put({ ...held, value: best }, (current) => prefersOffered(context, key, best, current.value))
}
