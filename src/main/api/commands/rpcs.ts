import { hexText } from '../../../shared/byte-text.ts'
import { BackendError } from '../../backend/backend-error.ts'
import { os } from '../context.ts'

/** The log of requests in either direction. */
export const rpcs = {
  list: os.rpcs.list.handler(async ({ context, input }) => {
    const { networkId, before, peer, operationId, limit } = input
    const { recorder, database } = context.networks.runningOf(networkId)
    await recorder.flush()
    const rows = await database.traces.rpcs({
      limit,
      ...(before !== undefined && { before }),
      ...(peer !== undefined && { peer }),
      ...(operationId !== undefined && { operationId }),
    })
    return { rows }
  }),
  get: os.rpcs.get.handler(async ({ context, input }) => {
    const running = context.networks.running
    await running?.recorder.flush()
    const found = await running?.database.traces.rpc(input.id)
    if (found === undefined) {
      throw new BackendError(
        'ERR_UNKNOWN_RPC',
        `There is no request ${input.id} in this network: it may have been deleted.`,
      )
    }
    const { request, reply, ...row } = found
    return {
      row,
      ...(request !== undefined && { request: hexText(request) }),
      ...(reply !== undefined && { reply: hexText(reply) }),
    }
  }),
}
