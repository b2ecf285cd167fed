import { equals } from 'uint8arrays/equals'
import { InvalidArgumentError } from '../errors.ts'
import type { LookupCounts, LookupResult } from '../lookup/lookup.ts'
import type { LookupReply } from '../lookup/run-lookup.ts'
import type { Peer } from '../peer.ts'
import { MessageType, type RpcMessage } from '../wire/message.ts'
import type { DhtContext } from './context.ts'
import { correctHolders } from './correct-holders.ts'
import {
  type Operation,
  type OperationOptions,
  type OperationResult,
  type Outcome,
  type OwnFields,
  runOperation,
} from './operation.ts'
import { checkRecordKey, refusalOf } from './record-rules.ts'
import { type SeenValue, ValueVotes } from './value-votes.ts'

export interface GetValueOptions extends OperationOptions {
  /**
   * Peers that must have answered with a valid value before the lookup may end
   * early. Default 0: a valid value held here is returned at once, otherwise
   * the lookup goes on to its end.
   */
  quorum?: number
  /** Ask the network even when this node holds the value. Default false. */
  skipLocal?: boolean
  /** Called with every valid value not seen before, as it comes; the first long before the end. */
  onValue?: (value: Uint8Array) => void
}

export interface GetValueResult extends OperationResult {
  /** The best value; absent when nobody holds a valid one. */
  value?: Uint8Array
  /** Why that one, in a sentence. */
  selected: string
  /** Every distinct value seen: the best first, those refused last. */
  values: SeenValue[]
  /** Peers that answered with a valid value; this node is not counted. */
  validHolders: number
  /** False when fewer peers than asked for answered with a valid value. */
  isQuorumReached: boolean
  /** From the start to the first valid value, in milliseconds. */
  firstValueMs?: number
  /** The nearest peers that answered, nearest first. */
  closest: Peer[]
  counts?: LookupCounts
}

/**
 * Gets the value under a key from the network. Values are validated, each once,
 * and the validator selects the best. Afterwards, in the background, peers
 * that hold a worse one or (when the lookup went to its end) none are sent the
 * best, as an operation of its own.
 * Throws `InvalidArgumentError`, `CancelledError`, and what `select` throws.
 */
export function getValue(
  context: DhtContext,
  key: Uint8Array,
  options: GetValueOptions = {},
): Promise<GetValueResult> {
  return runOperation(context, 'GET_VALUE', key, options, async (operation) => {
    checkRecordKey(context, key)
    const search = new ValueSearch(context, operation, key, options)
    if (await search.findLocally()) return search.outcome()
    const lookup = await operation.lookup({
      message: getMessage(key),
      onReply: (reply, stop) => search.read(reply, stop),
    })
    return search.outcome(lookup)
  })
}

function getMessage(key: Uint8Array): RpcMessage {
  return { type: MessageType.GET_VALUE, key, closerPeers: [], providerPeers: [] }
}

/** One search for one key: what was seen, and what it comes to. */
class ValueSearch {
  readonly #context: DhtContext
  readonly #operation: Operation
  readonly #key: Uint8Array
  readonly #options: GetValueOptions
  readonly #quorum: number
  readonly #votes: ValueVotes
  /** By responder; undefined for one without a record. */
  readonly #answers = new Map<string, Uint8Array | undefined>()
  #firstValueMs: number | undefined

  constructor(context: DhtContext, operation: Operation, key: Uint8Array, options: GetValueOptions) {
    const { quorum = 0 } = options
    if (!Number.isFinite(quorum)) throw new InvalidArgumentError('The quorum is a number of peers.')
    this.#context = context
    this.#operation = operation
    this.#key = key
    this.#options = options
    this.#quorum = Math.max(0, Math.floor(quorum))
    this.#votes = new ValueVotes((value) => refusalOf(context, key, value))
  }

  /** Takes in the value held here; true when that is all that is wanted. */
  async findLocally(): Promise<boolean> {
    const held = await this.#context.values.get(this.#key)
    if (held === undefined) return false
    const seen = await this.#note(this.#context.network.self.id, held.value)
    return seen.rejected === undefined && this.#quorum === 0 && !this.#options.skipLocal
  }

  async read({ peer, rpcId, message }: LookupReply, stop: () => void): Promise<void> {
    const { record } = message
    this.#answers.set(peer.id, record?.value)
    if (record === undefined) return
    if (!equals(record.key, this.#key)) {
      this.#publishSeen(peer.id, record.value, 'The record is for another key.', rpcId)
      return
    }
    await this.#note(peer.id, record.value, rpcId)
    if (this.#quorum > 0 && this.#countHolders() >= this.#quorum) stop()
  }

  async outcome(lookup?: LookupResult): Promise<Outcome<OwnFields<GetValueResult>>> {
    const valid = this.#votes.valid()
    const best = await this.#select(valid)
    const validHolders = this.#countHolders()
    if (best !== undefined) {
      this.#publishSelected(best.seen, best.why)
      if (lookup !== undefined) this.#correct(best.seen.value, lookup)
    }
    const others = valid.filter((seen) => seen !== best?.seen)
    return {
      value: {
        ...(best !== undefined && { value: best.seen.value }),
        selected: best?.why ?? 'Nobody holds a valid value.',
        values: [...(best === undefined ? [] : [best.seen]), ...others, ...this.#votes.rejected()],
        validHolders,
        isQuorumReached: validHolders >= this.#quorum,
        ...(this.#firstValueMs !== undefined && { firstValueMs: this.#firstValueMs }),
        closest: lookup?.closest ?? [],
        ...(lookup !== undefined && { counts: lookup.counts }),
      },
      ...(lookup === undefined && { reason: 'local' as const }),
      result: best === undefined ? 'not found' : this.#foundText(best.seen, lookup !== undefined),
    }
  }

  #foundText(seen: SeenValue, hasAsked: boolean): string {
    if (!hasAsked) return 'found here'
    return `found, held by ${this.#holdersAmongAsked(seen)} of ${this.#answers.size} that answered`
  }

  /** What this node holds itself says nothing of the network. */
  #holdersAmongAsked({ holders }: SeenValue): number {
    return holders.filter((id) => id !== this.#context.network.self.id).length
  }

  async #note(holder: string, value: Uint8Array, rpcId?: number): Promise<SeenValue> {
    const seen = await this.#votes.add(holder, value)
    this.#publishSeen(holder, value, seen.rejected, rpcId)
    if (seen.rejected === undefined) {
      this.#firstValueMs ??= this.#operation.elapsedMs()
      if (seen.holders.length === 1) this.#options.onValue?.(value)
    }
    return seen
  }

  #countHolders(): number {
    return this.#votes.validHolders(this.#context.network.self.id)
  }

  async #select(valid: SeenValue[]): Promise<{ seen: SeenValue; why: string } | undefined> {
    const [only] = valid
    if (only === undefined) return undefined
    if (valid.length === 1) return { seen: only, why: 'All who hold a valid value hold this one.' }
    const values = valid.map(({ value }) => value)
    const seen = valid[await this.#context.validator.select(this.#key, values)] ?? only
    return {
      seen,
      why: `The validator prefers it to ${valid.length - 1} other valid value${valid.length > 2 ? 's' : ''}.`,
    }
  }

  /** After an early end the k nearest are not known, so then only those with a worse value are corrected. */
  #correct(best: Uint8Array, { reason, closest }: LookupResult): void {
    const isComplete = reason === 'converged' || reason === 'starved'
    const stale = closest.filter(({ id }) => {
      if (!this.#answers.has(id)) return false
      const answer = this.#answers.get(id)
      return answer === undefined ? isComplete : !equals(answer, best)
    })
    correctHolders(this.#context, this.#key, best, stale, this.#operation.id)
  }

  #publishSeen(
    peer: string,
    value: Uint8Array,
    rejected: string | undefined,
    rpcId: number | undefined,
  ): void {
    this.#context.publish({
      type: 'value:seen',
      operationId: this.#operation.id,
      peer,
      value,
      ...(rpcId !== undefined && { rpcId }),
      ...(rejected !== undefined && { rejected }),
    })
  }

  #publishSelected(seen: SeenValue, reason: string): void {
    this.#context.publish({
      type: 'value:selected',
      operationId: this.#operation.id,
      value: seen.value,
      holders: this.#holdersAmongAsked(seen),
      of: this.#answers.size,
      reason,
    })
  }
}
