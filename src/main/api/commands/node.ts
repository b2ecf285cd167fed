import { os } from '../context.ts'

/** The node itself. */
export const node = {
  setMode: os.node.setMode.handler(async ({ context, input }) => {
    await context.networks.runningOf(input.networkId).node.dht.switchMode(input.mode)
    return {}
  }),
  refresh: os.node.refresh.handler(async ({ context, input }) => {
    const { dht } = context.networks.runningOf(input.networkId).node
    dht.refreshRoutingTable().catch((error: unknown) => {
      const text = `The refresh failed: ${error instanceof Error ? error.message : error}`
      context.push({ type: 'notice:raised', severity: 'warn', text })
    })
    return {}
  }),
}
