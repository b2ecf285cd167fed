import type { Key } from '../key.ts'
import { type Exchange, RequestError } from '../network.ts'
import type { DhtContext } from '../operations/context.ts'
import { RELEASED, type ReplyFacts, type SentExchange } from '../operations/requests.ts'
import { findSeeds, type Seed } from '../operations/seeds.ts'
import type { Peer } from '../peer.ts'
import type { RpcMessage } from '../wire/message.ts'
import { ipGroup } from './ip-group.ts'
import { Lookup, type LookupAction, type LookupResult } from './lookup.ts'

/** The hard deadline is the network's; the lookup's own stands behind it, in case the network forgets. */
const HARD_DEADLINE_MARGIN_MS = 250

/** An answer of a lookup, for the operation that runs it. */
export interface LookupReply {
  peer: Peer
  rpcId: number
  message: RpcMessage
}

export interface LookupTask {
  operationId: number
  target: Key
  /** Sent to every peer asked. */
  message: RpcMessage
  /** Peers in the result. Default: the settings' k. */
  k?: number
  /** Instead of those of the table. */
  seeds?: readonly Peer[]
  signal?: AbortSignal
  /**
   * Called with every answer, after `rpc:replied`. May be async: the lookup
   * goes on meanwhile, and its result waits. `stop` ends the lookup.
   */
  onReply?: (reply: LookupReply, stop: () => void) => void | Promise<void>
  /** Called with every failed request. */
  onFailure?: (peer: Peer, error: RequestError, stop: () => void) => void
}

/**
 * Runs a lookup over the network: performs what the machine wants done, with
 * one timer, and tells it what comes of it. When `signal` is aborted it ends
 * at once with reason `'cancelled'`. Rejects only when `onReply` does.
 */
export async function runLookup(context: DhtContext, task: LookupTask): Promise<LookupResult> {
  const count = task.k ?? context.settings.k
  const seeds =
    task.seeds?.map((peer): Seed => ({ peer, from: 'given' })) ??
    (await findSeeds(context, task.target, count))
  const { operationId } = task
  context.publish({
    type: 'lookup:seeded',
    operationId,
    seeds: seeds.map(({ peer, from }) => ({ peer: peer.id, key: peer.key, from })),
  })
  return new LookupRun(
    context,
    task,
    seeds.map(({ peer }) => peer),
  ).run()
}

interface Running {
  controller: AbortController
  rpcId: number
  isSlow: boolean
}

class LookupRun {
  readonly #context: DhtContext
  readonly #task: LookupTask
  readonly #lookup: Lookup
  readonly #running = new Map<string, Running>()
  readonly #hooks = new Set<Promise<void>>()
  readonly #finished = Promise.withResolvers<LookupResult>()
  readonly #aborted = Promise.withResolvers<void>()
  #cancelTimer = () => {}
  #isStepping = false
  #mustStepAgain = false
  readonly #stop = () => {
    this.#lookup.stop()
    this.#step()
  }
  readonly #cancel = () => {
    this.#lookup.cancel()
    this.#step()
    this.#aborted.resolve()
  }

  constructor(context: DhtContext, task: LookupTask, seeds: readonly Peer[]) {
    const { settings, clock, requests, network, groupOf } = context
    this.#context = context
    this.#task = task
    this.#lookup = new Lookup({
      target: task.target,
      selfId: network.self.id,
      seeds,
      settings: {
        ...settings,
        k: task.k ?? settings.k,
        hardDeadlineMs: settings.requestTimeoutMs + HARD_DEADLINE_MARGIN_MS,
      },
      softDeadlineMs: () => requests.latency.softDeadlineMs(),
      doubtOf: (id) => requests.memory.doubtOf(id),
      groupOf: groupOf ?? ipGroup,
      nowMs: clock.monotonic(),
    })
  }

  async run(): Promise<LookupResult> {
    const { signal } = this.#task
    signal?.addEventListener('abort', this.#cancel, { once: true })
    if (signal?.aborted) this.#cancel()
    else this.#step()
    try {
      const result = await this.#finished.promise
      await Promise.race([Promise.all(this.#hooks), this.#aborted.promise])
      return result
    } finally {
      signal?.removeEventListener('abort', this.#cancel)
    }
  }

  /** Performing an action may lead to another input (a listener that aborts); the loop takes that up. */
  #step(): void {
    this.#mustStepAgain = true
    if (this.#isStepping) return
    this.#isStepping = true
    while (this.#mustStepAgain) {
      this.#mustStepAgain = false
      this.#cancelTimer()
      for (const action of this.#lookup.tick(this.#context.clock.monotonic())) this.#perform(action)
    }
    this.#isStepping = false
  }

  #perform(action: LookupAction): void {
    switch (action.type) {
      case 'query':
        void this.#query(action)
        return
      case 'slow':
        this.#markSlow(action.peer, action.softDeadlineMs)
        return
      case 'release':
        this.#running.get(action.peer.id)?.controller.abort(this.#releaseReason())
        return
      case 'phase':
        this.#context.publish({
          type: 'lookup:phase',
          operationId: this.#task.operationId,
          phase: action.phase,
        })
        return
      case 'wait':
        this.#wait(action.untilMs)
        return
      case 'done':
        this.#finished.resolve(action.result)
    }
  }

  /** A cancelled operation leaves nothing behind; one that ended lets the silent go on, unseen. */
  #releaseReason(): unknown {
    return this.#task.signal?.aborted ? this.#task.signal.reason : RELEASED
  }

  #wait(untilMs: number): void {
    const { clock } = this.#context
    this.#cancelTimer = clock.schedule(untilMs - clock.monotonic(), () => this.#step())
  }

  #markSlow(peer: Peer, softDeadlineMs: number): void {
    const running = this.#running.get(peer.id)
    if (running === undefined) return
    running.isSlow = true
    this.#context.requests.memory.keptWaiting(peer)
    const { operationId } = this.#task
    this.#context.publish({
      type: 'lookup:slow',
      operationId,
      rpcId: running.rpcId,
      peer: peer.id,
      softDeadlineMs,
    })
  }

  async #query({ peer, hop, cause }: Extract<LookupAction, { type: 'query' }>): Promise<void> {
    const running: Running = { controller: new AbortController(), rpcId: 0, isSlow: false }
    this.#running.set(peer.id, running)
    try {
      const exchange = await this.#context.requests.send(peer, this.#task.message, {
        operationId: this.#task.operationId,
        purpose: 'lookup',
        hop,
        cause,
        signal: running.controller.signal,
        onSent: (rpcId) => {
          running.rpcId = rpcId
        },
        takeReply: (reply) => this.#takeReply(peer, reply),
      })
      this.#callHook(peer, exchange)
    } catch (error) {
      this.#takeFailure(peer, error)
    } finally {
      this.#running.delete(peer.id)
      this.#step()
    }
  }

  #takeReply(peer: Peer, { reply, dropped = 0 }: Exchange): ReplyFacts {
    const named = reply?.closerPeers ?? []
    const usable = named.slice(0, this.#context.settings.maxClosersPerResponse).flatMap((entry) => {
      const closer = this.#withAddresses(this.#context.requests.peerOf(entry))
      return closer === undefined ? [] : [closer]
    })
    const heard = this.#lookup.onResponse(peer.id, usable)
    return {
      heard: heard.map(({ peer: { id, key }, isNew }) => ({ peer: id, key, isNew })),
      dropped: dropped + named.length - heard.length,
      late: this.#running.get(peer.id)?.isSlow ?? false,
    }
  }

  /** Some name peers without addresses; we may know them ourselves. */
  #withAddresses(peer: Peer | undefined): Peer | undefined {
    if (peer === undefined || peer.addrs.length > 0) return peer
    const { table, requests } = this.#context
    return table.entry(peer.id)?.peer ?? requests.memory.find(peer.id)
  }

  #callHook(peer: Peer, { reply, rpcId }: SentExchange): void {
    if (reply === undefined || this.#lookup.isDone) return
    const hook = this.#task.onReply?.({ peer, rpcId, message: reply }, this.#stop)
    if (hook === undefined) return
    const tracked = hook.catch((error: unknown) => this.#fail(error))
    this.#hooks.add(tracked)
    void tracked.then(() => this.#hooks.delete(tracked))
  }

  #takeFailure(peer: Peer, error: unknown): void {
    this.#lookup.onFailure(peer.id)
    if (error instanceof RequestError) {
      if (!this.#lookup.isDone) this.#task.onFailure?.(peer, error, this.#stop)
    } else {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#finished.reject(error)
    this.#lookup.cancel()
    this.#step()
  }
}
