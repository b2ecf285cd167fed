import { BackendError } from '../../backend/backend-error.ts'
import { os } from '../context.ts'
import { providerRow } from '../feed/store-rows.ts'
import { readHex } from '../input.ts'

/** Provider records this node holds. */
export const providers = {
  list: os.providers.list.handler(async ({ context, input }) => {
    const { networkId, after, limit } = input
    const { node, self } = context.networks.runningOf(networkId)
    const held = await node.dht.providerStore.list({
      limit: limit + 1,
      ...(after !== undefined && { after: { ...after, key: readHex(after.key) } }),
    })
    const rows = held.slice(0, limit).map((record) => providerRow(record, self.id))
    return { rows, hasMore: held.length > limit }
  }),
  remove: os.providers.remove.handler(async ({ context, input }) => {
    const { providerStore } = context.networks.runningOf(input.networkId).node.dht
    if (await providerStore.delete(readHex(input.key), input.provider)) return {}
    throw new BackendError('ERR_UNKNOWN_RECORD', 'This node holds no such provider record any more.')
  }),
}
