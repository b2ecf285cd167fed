import {
  CancelledError,
  DhtError,
  InvalidArgumentError,
  InvalidRecordError,
  InvalidRecordTypeError,
  NotAvailableError,
  OlderRecordError,
} from '../errors.ts'
import type { OperationEndReason, OperationEvent, OperationKind } from '../events.ts'
import { type Key, keyFromBytes } from '../key.ts'
import type { LookupResult } from '../lookup/lookup.ts'
import { type LookupTask, runLookup } from '../lookup/run-lookup.ts'
import type { DhtContext } from './context.ts'

/** Options every operation takes. */
export interface OperationOptions {
  /** Aborting ends the operation at once; it then throws `CancelledError`. */
  signal?: AbortSignal | undefined
  /** The operation this one works for. */
  parentId?: number
  /** Told the operation's id before anything happens. */
  onStarted?: (operationId: number) => void
}

/** Fields every result has. */
export interface OperationResult {
  operationId: number
  reason: OperationEndReason
  durationMs: number
}

/** A result without the fields every result has. */
export type OwnFields<R extends OperationResult> = Omit<R, keyof OperationResult>

/** What an operation came to. */
export interface Outcome<T> {
  value: T
  /** In a few words, for `operation:ended`. */
  result: string
  /** Default: that of its lookup. */
  reason?: OperationEndReason
  /** Peers that stored what was sent to them. */
  stored?: number
}

type Ended = Extract<OperationEvent, { type: 'operation:ended' }>

const NO_COUNTS: Ended['counts'] = { heard: 0, asked: 0, replied: 0, failed: 0, slow: 0, stored: 0, hops: 0 }

/** An operation under way. */
export class Operation {
  readonly id: number
  readonly kind: OperationKind
  readonly key: Uint8Array
  /** sha256 of the key. */
  readonly target: Key
  readonly signal: AbortSignal | undefined
  readonly #context: DhtContext
  readonly #startedMs: number
  #lookup: LookupResult | undefined

  constructor(context: DhtContext, kind: OperationKind, key: Uint8Array, signal: AbortSignal | undefined) {
    this.id = context.nextOperationId()
    this.kind = kind
    this.key = key
    this.target = keyFromBytes(key)
    this.signal = signal
    this.#context = context
    this.#startedMs = context.clock.monotonic()
  }

  /** The signal as an option, for calls that do not take undefined. */
  get withSignal(): { signal?: AbortSignal } {
    return this.signal === undefined ? {} : { signal: this.signal }
  }

  elapsedMs(): number {
    return this.#context.clock.monotonic() - this.#startedMs
  }

  /** Throws `CancelledError` when the signal is aborted. */
  throwIfCancelled(): void {
    if (this.signal?.aborted) throw new CancelledError(undefined, { cause: this.signal.reason })
  }

  /** Runs this operation's lookup. Throws `CancelledError` when it is cancelled. */
  async lookup(task: Omit<LookupTask, 'operationId' | 'target' | 'signal'>): Promise<LookupResult> {
    const { id, target } = this
    this.#lookup = await runLookup(this.#context, { ...task, operationId: id, target, ...this.withSignal })
    this.throwIfCancelled()
    return this.#lookup
  }

  publishStarted(parentId: number | undefined): void {
    const { id, kind, key, target } = this
    const { k, alpha, beta } = this.#context.settings
    const parent = parentId === undefined ? {} : { parentId }
    this.#context.publish({
      type: 'operation:started',
      operationId: id,
      kind,
      key,
      target,
      k,
      alpha,
      beta,
      ...parent,
    })
  }

  publishEnded(
    reason: OperationEndReason | undefined,
    result: string,
    more: { stored?: number | undefined; error?: Ended['error'] } = {},
  ): OperationResult {
    const lookup = this.#lookup
    const ended = {
      operationId: this.id,
      reason: reason ?? lookup?.reason ?? 'local',
      durationMs: this.elapsedMs(),
    }
    this.#context.publish({
      type: 'operation:ended',
      ...ended,
      closest: lookup?.closest.map(({ id }) => id) ?? [],
      counts: { ...NO_COUNTS, ...lookup?.counts, stored: more.stored ?? 0 },
      result,
      ...(more.error !== undefined && { error: more.error }),
    })
    return ended
  }
}

/**
 * Runs the body of an operation between exactly one `operation:started` and
 * one `operation:ended`, however it ends. Throws what the body throws, and
 * `CancelledError` when the signal is aborted.
 */
export async function runOperation<T extends object>(
  context: DhtContext,
  kind: OperationKind,
  key: Uint8Array,
  options: OperationOptions,
  body: (operation: Operation) => Promise<Outcome<T>>,
): Promise<T & OperationResult> {
  const operation = new Operation(context, kind, key, options.signal)
  operation.publishStarted(options.parentId)
  options.onStarted?.(operation.id)
  try {
    operation.throwIfCancelled()
    const { value, result, reason, stored } = await body(operation)
    operation.throwIfCancelled()
    return { ...value, ...operation.publishEnded(reason, result, { stored }) }
  } catch (error) {
    const described = describe(error)
    operation.publishEnded(reasonOf(error), described.message, { error: described })
    throw error
  }
}

const refusals = [
  InvalidArgumentError,
  InvalidRecordError,
  InvalidRecordTypeError,
  NotAvailableError,
  OlderRecordError,
]

function reasonOf(error: unknown): OperationEndReason {
  if (error instanceof CancelledError) return 'cancelled'
  return refusals.some((refusal) => error instanceof refusal) ? 'refused' : 'failed'
}

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof DhtError) return { code: error.code, message: error.message }
  return { code: 'ERR_UNEXPECTED', message: error instanceof Error ? error.message : String(error) }
}

/** `1 provider`, `2 providers`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
