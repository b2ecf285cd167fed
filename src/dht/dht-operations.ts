import { CancelledError } from './errors.ts'
import type { EventHub, EventListener } from './event-hub.ts'
import type { DhtEvent } from './events.ts'
import {
  type ClosestPeersOptions,
  type ClosestPeersResult,
  closestPeers,
} from './operations/closest-peers.ts'
import type { DhtContext } from './operations/context.ts'
import { type FindPeerOptions, type FindPeerResult, findPeer } from './operations/find-peer.ts'
import {
  type FindProvidersOptions,
  type FindProvidersResult,
  findProviders,
} from './operations/find-providers.ts'
import { type GetValueOptions, type GetValueResult, getValue } from './operations/get-value.ts'
import type { OperationOptions } from './operations/operation.ts'
import { type ProvideOptions, type ProvideResult, provide } from './operations/provide.ts'
import { type PutValueOptions, type PutValueResult, putValue } from './operations/put-value.ts'

/** An operation under way: its id is known at once, what comes of it later. */
export interface StartedOperation<T> {
  operationId: number
  /** Rejects as the operation throws. A rejection nobody handles is no crash: `operation:ended` tells it too. */
  result: Promise<T>
}

/** Adds a listener for the events of this one operation. */
export type Watched<O> = O & { onEvent?: EventListener | undefined }

/** What an operation needs the node to do. */
export type Feature = 'peers' | 'values' | 'providers'

export interface DhtOperationsInit {
  context: DhtContext
  hub: EventHub
  /** Throws `NotAvailableError` when the node is stopped or does not do such operations. */
  check(feature: Feature): void
}

/**
 * The operations of a node with their whole results. Each throws
 * `NotAvailableError` at once when the node is stopped or was made without
 * values or providers; whatever else goes wrong is the result's.
 */
export class DhtOperations {
  readonly #init: DhtOperationsInit
  readonly #running = new Map<AbortController, Promise<unknown>>()

  constructor(init: DhtOperationsInit) {
    this.#init = init
  }

  findPeer(idBytes: Uint8Array, options: Watched<FindPeerOptions> = {}): StartedOperation<FindPeerResult> {
    return this.#start('peers', options, (own) =>
      findPeer(this.#init.context, idBytes, { ...options, ...own }),
    )
  }

  closestPeers(
    key: Uint8Array,
    options: Watched<ClosestPeersOptions> = {},
  ): StartedOperation<ClosestPeersResult> {
    return this.#start('peers', options, (own) =>
      closestPeers(this.#init.context, key, { ...options, ...own }),
    )
  }

  getValue(key: Uint8Array, options: Watched<GetValueOptions> = {}): StartedOperation<GetValueResult> {
    return this.#start('values', options, (own) => getValue(this.#init.context, key, { ...options, ...own }))
  }

  putValue(
    key: Uint8Array,
    value: Uint8Array,
    options: Watched<PutValueOptions> = {},
  ): StartedOperation<PutValueResult> {
    return this.#start('values', options, (own) =>
      putValue(this.#init.context, key, value, { ...options, ...own }),
    )
  }

  provide(key: Uint8Array, options: Watched<ProvideOptions> = {}): StartedOperation<ProvideResult> {
    return this.#start('providers', options, (own) =>
      provide(this.#init.context, key, { ...options, ...own }),
    )
  }

  findProviders(
    key: Uint8Array,
    options: Watched<FindProvidersOptions> = {},
  ): StartedOperation<FindProvidersResult> {
    return this.#start('providers', options, (own) =>
      findProviders(this.#init.context, key, { ...options, ...own }),
    )
  }

  /** Cancels every operation under way; resolves when all have ended. */
  async stop(): Promise<void> {
    const running = [...this.#running]
    for (const [controller] of running) controller.abort(new CancelledError('The node is stopping.'))
    await Promise.allSettled(running.map(([, result]) => result))
  }

  #start<T>(
    feature: Feature,
    options: Watched<OperationOptions>,
    run: (own: Required<Pick<OperationOptions, 'signal' | 'onStarted'>>) => Promise<T>,
  ): StartedOperation<T> {
    this.#init.check(feature)
    const { onEvent, onStarted, signal } = options
    const end = onEvent === undefined ? () => {} : this.#init.hub.subscribe(ofOneOperation(onEvent))
    const controller = new AbortController()
    const onAbort = () => controller.abort(signal?.reason)
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    let operationId = 0
    const result = run({
      signal: controller.signal,
      onStarted: (id: number) => {
        operationId = id
        onStarted?.(id)
      },
    })
    this.#running.set(controller, result)
    const ended = () => {
      end()
      signal?.removeEventListener('abort', onAbort)
      this.#running.delete(controller)
    }
    result.then(ended, ended)
    return { operationId, result }
  }
}

/** Operations begin by publishing that they do, before anything else can: the first start seen is the one's own. */
function ofOneOperation(listener: EventListener): EventListener {
  let operationId: number | undefined
  return (event: DhtEvent) => {
    if (event.type === 'operation:started') operationId ??= event.operationId
    if (operationId !== undefined && 'operationId' in event && event.operationId === operationId)
      listener(event)
  }
}
