import { os } from '../context.ts'

/** The past of the routing table. */
export const table = {
  history: os.table.history.handler(async ({ context, input }) => {
    const { networkId, from, to, afterSeq, limit } = input
    const running = context.networks.runningOf(networkId)
    await running.recorder.flush()
    const rows = await running.database.tableHistory.list({
      limit,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(afterSeq !== undefined && { afterSeq }),
    })
    return { rows }
  }),
}
