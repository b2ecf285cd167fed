import { valueSizeBytes } from '../../../dht/stores/value-storage.ts'
import { BackendError } from '../../backend/backend-error.ts'
import { base64Text } from '../../traces/event-text.ts'
import { os } from '../context.ts'
import { recordRow } from '../feed/store-rows.ts'
import { readHex } from '../input.ts'

/** Values this node holds. */
export const records = {
  list: os.records.list.handler(async ({ context, input }) => {
    const { networkId, namespace, after, limit } = input
    const { node, self } = context.networks.runningOf(networkId)
    const values = await node.dht.valueStore.list({
      limit: limit + 1,
      ...(namespace !== undefined && { prefix: new TextEncoder().encode(`/${namespace}/`) }),
      ...(after !== undefined && { after: readHex(after) }),
    })
    const rows = values.slice(0, limit).map((value) => recordRow(value, self.id))
    return { rows, hasMore: values.length > limit }
  }),
  get: os.records.get.handler(async ({ context, input }) => {
    const { node, self } = context.networks.runningOf(input.networkId)
    const held = await node.dht.valueStore.get(readHex(input.key))
    if (held === undefined) {
      throw new BackendError('ERR_UNKNOWN_RECORD', 'This node holds no value under that key any more.')
    }
    const row = recordRow({ ...held, sizeBytes: valueSizeBytes(held) }, self.id)
    return { row, value: base64Text(held.value) }
  }),
  remove: os.records.remove.handler(async ({ context, input }) => {
    const { valueStore } = context.networks.runningOf(input.networkId).node.dht
    const removed = await Promise.all(input.keys.map((key) => valueStore.delete(readHex(key))))
    return { removed: removed.filter(Boolean).length }
  }),
}
