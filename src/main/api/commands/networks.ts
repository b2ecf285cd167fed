import { os } from '../context.ts'

/** Joining and leaving; how it goes arrives by the feed. */
export const networks = {
  join: os.networks.join.handler(async ({ context, input }) => {
    // What hinders it stands in the network's row.
    context.networks.join(input.networkId).catch((error) => {
      context.log.warn({ err: error, networkId: input.networkId }, 'joining failed')
    })
    return {}
  }),
  leave: os.networks.leave.handler(async ({ context, input }) => {
    context.networks.leave(input.networkId).catch((error) => {
      context.log.warn({ err: error, networkId: input.networkId }, 'leaving failed')
    })
    return {}
  }),
  addCustom: os.networks.addCustom.handler(async ({ context, input }) => {
    const { id } = context.list.add(input)
    context.networks.changed()
    return { networkId: id }
  }),
  remove: os.networks.remove.handler(async ({ context, input }) => {
    await context.networks.remove(input.networkId)
    return {}
  }),
}
