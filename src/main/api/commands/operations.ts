import type { Trace } from '../../../shared/contract.ts'
import { BackendError } from '../../backend/backend-error.ts'
import type { RunningNode } from '../../backend/running-node.ts'
import { exportTraces } from '../../traces/export/export-traces.ts'
import { type ApiContext, os } from '../context.ts'

/** Lookups, puts and the like: started, waited for, listed, read, exported. */
export const operations = {
  start: os.operations.start.handler(async ({ context, input }) => {
    return { id: context.operations.start(context.networks.runningOf(input.networkId), input) }
  }),
  cancel: os.operations.cancel.handler(async ({ context, input }) => {
    await context.operations.cancel(input.id, context.networks.running)
    return {}
  }),
  result: os.operations.result.handler(async ({ context, input }) => {
    return context.operations.result(input.id, context.networks.running)
  }),
  list: os.operations.list.handler(async ({ context, input }) => {
    const { networkId, before, kinds, text, limit } = input
    const { recorder, database } = context.networks.runningOf(networkId)
    await recorder.flush()
    const rows = await database.traces.operations({
      limit: limit + 1,
      ...(before !== undefined && { before }),
      ...(kinds !== undefined && { kinds }),
      ...(text !== undefined && { text }),
    })
    return { rows: rows.slice(0, limit), hasMore: rows.length > limit }
  }),
  trace: os.operations.trace.handler(async ({ context, input }) => traceOf(running(context), input.id)),
  remove: os.operations.remove.handler(async ({ context, input }) => {
    await running(context).recorder.removeOperations(input.ids)
    return {}
  }),
  export: os.operations.export.handler(async ({ context, input }) => {
    const traces: Trace[] = []
    for (const id of input.ids) traces.push(await traceOf(running(context), id))
    return exportTraces(traces, input.format, { redact: input.redact })
  }),
}

/** Throws `ERR_UNKNOWN_OPERATION`. */
async function traceOf({ recorder }: RunningNode, id: string): Promise<Trace> {
  // The events first: the row is then at least as new as they are.
  const events = await recorder.events(id)
  const operation = await recorder.operation(id)
  if (operation !== undefined) return { operation, events }
  throw new BackendError(
    'ERR_UNKNOWN_OPERATION',
    `There is no lookup ${id} in this network: it may have been deleted.`,
  )
}

/** Ids of traces belong to the network that runs. */
function running({ networks }: ApiContext): RunningNode {
  if (networks.running !== undefined) return networks.running
  throw new BackendError(
    'ERR_NETWORK_NOT_RUNNING',
    'No network runs: join the one this lookup belongs to first.',
  )
}
