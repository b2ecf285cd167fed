import { encodeStampedRecord } from '../../records/record.ts'
import { closerPeers, type Handler, RequestRejected, requiredKey } from './handler.ts'

/** GET_VALUE: the live value we hold, if any, with the k nearest to the key. The key is echoed. */
export const handleGetValue: Handler = async (context, from, request) => {
  if (!context.settings.enableValues) throw new RequestRejected('This node keeps no values.')
  const key = requiredKey(request, context.settings.maxRecordKeyBytes)
  const held = await context.values.get(key)
  return {
    key,
    ...(held !== undefined && { record: encodeStampedRecord(held.key, held.value, held.receivedAt) }),
    closerPeers: closerPeers(context, from, key),
  }
}
