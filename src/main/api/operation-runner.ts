import type { StartedOperation } from '../../dht/dht-operations.ts'
import type { OperationInput, OperationResult } from '../../shared/contract.ts'
import { BackendError } from '../backend/backend-error.ts'
import type { RunningNode } from '../backend/running-node.ts'
import { readBytes, readKey } from './input.ts'
import { findings, type OperationFindings } from './operation-findings.ts'
import { findingsOfTrace } from './trace-findings.ts'

/** Results kept in memory for who asks after the end; older ones are read from their traces. */
const MAX_KEPT = 200

interface Kept {
  running: RunningNode
  controller: AbortController
  ended: Promise<OperationFindings>
}

/** Starts operations, and keeps hold of them until somebody has asked what they came to. */
export class OperationRunner {
  readonly #kept = new Map<string, Kept>()

  /** Starts an operation; its id is known at once. Throws for a key or value that cannot be read. */
  start(running: RunningNode, input: OperationInput): string {
    const controller = new AbortController()
    const { operationId, result } = begin(running, input, controller.signal)
    const id = running.recorder.traceId(operationId)
    // How it failed stands in its row; whoever asks for the result gets that.
    const ended = result.catch(() => ({ closest: [] }))
    this.#kept.set(id, { running, controller, ended })
    this.#forgetOldest()
    return id
  }

  /** Harmless when it has ended. Throws `ERR_UNKNOWN_OPERATION`. */
  async cancel(id: string, running: RunningNode | undefined): Promise<void> {
    const kept = this.#kept.get(id)
    if (kept === undefined) await rowOf(id, running)
    else kept.controller.abort()
  }

  /** Waits for its end. Throws `ERR_UNKNOWN_OPERATION`. */
  async result(id: string, running: RunningNode | undefined): Promise<OperationResult> {
    const kept = this.#kept.get(id)
    if (kept !== undefined) {
      const found = await kept.ended
      return { operation: await rowOf(id, kept.running), ...found }
    }
    const operation = await rowOf(id, running)
    const events = (await running?.recorder.events(id)) ?? []
    return { operation, ...findingsOfTrace(operation.kind, events) }
  }

  #forgetOldest(): void {
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest)
  }
}

async function rowOf(id: string, running: RunningNode | undefined): Promise<OperationResult['operation']> {
  const row = await running?.recorder.operation(id)
  if (row !== undefined) return row
  throw new BackendError(
    'ERR_UNKNOWN_OPERATION',
    `There is no lookup ${id} in this network: it may have been deleted.`,
  )
}

type Begun = Pick<StartedOperation<unknown>, 'operationId'> & { result: Promise<OperationFindings> }

/** Asks the network also for what this node holds or knows: what others say is what a person wants to see. */
function begin(running: RunningNode, input: OperationInput, signal: AbortSignal): Begun {
  const { operations } = running.node.dht
  switch (input.kind) {
    case 'CLOSEST_PEERS': {
      const { count } = input
      const key = readKey(input.key, 'any', running)
      return of(
        operations.closestPeers(key, { signal, ...(count !== undefined && { count }) }),
        findings.closestPeers,
      )
    }
    case 'FIND_PEER':
      return of(
        operations.findPeer(readKey(input.peer, 'peer', running), { signal, skipLocal: true }),
        findings.findPeer,
      )
    case 'GET_VALUE': {
      const { quorum } = input
      const key = readKey(input.key, 'record', running)
      return of(
        operations.getValue(key, { signal, skipLocal: true, ...(quorum !== undefined && { quorum }) }),
        findings.getValue,
      )
    }
    case 'PUT_VALUE': {
      const value = readBytes(input.value)
      return of(operations.putValue(readKey(input.key, 'record', running), value, { signal }), findings.store)
    }
    case 'PROVIDE':
      return of(operations.provide(readKey(input.key, 'provider', running), { signal }), findings.store)
    case 'FIND_PROVIDERS': {
      const { count } = input
      const key = readKey(input.key, 'provider', running)
      return of(
        operations.findProviders(key, { signal, ...(count !== undefined && { count }) }),
        findings.findProviders,
      )
    }
  }
}

function of<T>(
  { operationId, result }: StartedOperation<T>,
  describe: (result: T) => OperationFindings,
): Begun {
  return { operationId, result: result.then(describe) }
}
