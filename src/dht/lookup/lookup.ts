import type { LookupEndReason } from '../events.ts'
import type { Key } from '../key.ts'
import type { Peer } from '../peer.ts'
import type { Candidate, PeerDoubt } from './candidate.ts'
import { Candidates } from './candidates.ts'
import { admissibleClosers, type CloserLimits, type GroupOf } from './closers.ts'
import { countState, haveNearestResponded, isAwaited } from './convergence.ts'

/** The numbers a lookup goes by (protocol.md §4). */
export interface LookupSettings extends CloserLimits {
  /** Peers in the result. Default 20. */
  k: number
  /** Requests waited for at once; with slow ones twice as many. Default 20. */
  alpha: number
  /** Nearest peers that must have answered before the follow-up begins. Default 3. */
  beta: number
  /** Peers asked beyond the nearest k in the follow-up, besides one for each of them that is dead. Default 4. */
  followUpExtra: number
  /** Peers heard of and not asked that are kept. Default 200. */
  maxCandidates: number
  /** Requests in all. Default 500. */
  maxRequests: number
  /** After this a request has failed. Default 10,000. */
  hardDeadlineMs: number
  /** The whole lookup. Default 60,000. */
  timeLimitMs: number
  /** How long slow peers are awaited at the end when fewer than k answered. Default 500. */
  stragglerMs: number
}

export type LookupPhase = 'search' | 'follow-up' | 'stragglers'

export interface LookupResult {
  reason: LookupEndReason
  /** The nearest k that responded, nearest first. */
  closest: Peer[]
  counts: LookupCounts
}

export interface LookupCounts {
  /** Different peers heard of, seeds included. */
  heard: number
  asked: number
  replied: number
  failed: number
  /** Whose soft deadline passed. */
  slow: number
  /** Most steps from a seed to a peer of `closest`. */
  hops: number
}

/** What a lookup wants done. */
export type LookupAction =
  /** Ask `peer`. `cause` named it; absent for a seed. */
  | { type: 'query'; peer: Peer; hop: number; cause: string | undefined }
  /** The soft deadline of `peer` passed: it is no longer waited for. */
  | { type: 'slow'; peer: Peer; softDeadlineMs: number }
  /** The request to `peer` is no longer wanted. */
  | { type: 'release'; peer: Peer }
  | { type: 'phase'; phase: LookupPhase }
  /** Call `tick` again at `untilMs` (monotonic) unless an input comes before. */
  | { type: 'wait'; untilMs: number }
  /** Comes once, as the last action. */
  | { type: 'done'; result: LookupResult }

/** A closer peer of a response that was taken in. */
export interface HeardPeer {
  peer: Peer
  /** True when nobody had named it before. */
  isNew: boolean
}

export interface LookupInit {
  /** 32 bytes. */
  target: Key
  /** Never asked. */
  selfId: string
  seeds: readonly Peer[]
  settings: LookupSettings
  /** How long a request may take now before it is not waited for any more, in milliseconds. */
  softDeadlineMs: () => number
  /** What is known of a peer from earlier lookups. Default: nothing. */
  doubtOf?: (id: string) => PeerDoubt
  /** Default: no groups. */
  groupOf?: GroupOf
  /** Monotonic milliseconds. */
  nowMs: number
}

/**
 * One iterative lookup, as a value: inputs change its state, and `tick` says
 * what is to be done. No promise, timer or socket inside; all times are given.
 * It asks the nearest peers heard of, never more than α waited for at once.
 * When the β nearest have answered it only hears the rest of the nearest k + 4;
 * a closer peer named then opens the search again. Peers that let it wait are
 * left behind and never appear in the result, which holds responders only.
 */
export class Lookup {
  readonly #init: LookupInit
  readonly #settings: LookupSettings
  readonly #candidates: Candidates
  readonly #doubtOf: (id: string) => PeerDoubt
  readonly #groupOf: GroupOf
  readonly #counts: LookupCounts = { heard: 0, asked: 0, replied: 0, failed: 0, slow: 0, hops: 0 }
  #phase: LookupPhase = 'search'
  /** Actions not handed out yet. */
  #actions: LookupAction[] = []
  /** When the stragglers were first awaited; reset by every answer. */
  #stragglersSinceMs: number | undefined
  #endWanted: 'stopped' | 'cancelled' | undefined
  #isDone = false

  constructor(init: LookupInit) {
    this.#init = init
    this.#settings = init.settings
    this.#doubtOf = init.doubtOf ?? (() => 'none')
    this.#groupOf = init.groupOf ?? (() => undefined)
    this.#candidates = new Candidates(init.target, init.settings.maxCandidates)
    for (const peer of init.seeds) if (peer.id !== init.selfId) this.#hear(peer, 0, undefined)
  }

  /** True once `done` was handed out; inputs change nothing any more. */
  get isDone(): boolean {
    return this.#isDone
  }

  /** The peers as they stand, nearest first. */
  candidates(): Iterable<Readonly<Candidate>> {
    return this.#candidates
  }

  /**
   * `id` answered and named `closers`. Returns those taken in. An answer of a
   * peer that was not asked, had failed, or answered before changes nothing.
   */
  onResponse(id: string, closers: readonly Peer[]): HeardPeer[] {
    const candidate = this.#pending(id)
    if (candidate === undefined) return []
    candidate.state = 'responded'
    this.#counts.replied++
    this.#stragglersSinceMs = undefined
    const { hop } = candidate
    return admissibleClosers(closers, this.#init.selfId, this.#settings, this.#groupOf).flatMap((peer) => {
      const outcome = this.#hear(peer, hop + 1, id)
      return outcome === 'dropped' ? [] : [{ peer, isNew: outcome === 'added' }]
    })
  }

  /** The request to `id` failed. Changes nothing when it was not asked or has ended. */
  onFailure(id: string): void {
    const candidate = this.#pending(id)
    if (candidate !== undefined) this.#fail(candidate)
  }

  /** The caller has what it wanted: the next `tick` ends the lookup with what there is. */
  stop(): void {
    this.#endWanted ??= 'stopped'
  }

  /** The next `tick` ends the lookup; `cancelled` wins over `stopped`. */
  cancel(): void {
    this.#endWanted = 'cancelled'
  }

  /** What is to be done now. To be called at the start, after every input, and when a `wait` is over. */
  tick(nowMs: number): LookupAction[] {
    if (this.#isDone) return []
    this.#applyDeadlines(nowMs)
    this.#updatePhase(nowMs)
    const reason = this.#endReason(nowMs) ?? this.#askMore(nowMs)
    if (reason !== undefined) this.#end(reason)
    else this.#actions.push({ type: 'wait', untilMs: this.#nextWakeMs() })
    const actions = this.#actions
    this.#actions = []
    return actions
  }

  #hear(peer: Peer, hop: number, cause: string | undefined): 'added' | 'known' | 'dropped' {
    const outcome = this.#candidates.add(peer, { hop, cause, doubt: this.#doubtOf(peer.id) })
    if (outcome === 'added') this.#counts.heard++
    return outcome
  }

  #pending(id: string): Candidate | undefined {
    const candidate = this.#candidates.get(id)
    if (this.#isDone || candidate === undefined) return undefined
    return candidate.state === 'in-flight' || candidate.state === 'slow' ? candidate : undefined
  }

  #fail(candidate: Candidate): void {
    candidate.state = 'failed'
    this.#counts.failed++
  }

  #applyDeadlines(nowMs: number): void {
    const softDeadlineMs = this.#init.softDeadlineMs()
    for (const candidate of this.#candidates) {
      const { state, peer, askedMs } = candidate
      if (state === 'in-flight' && nowMs >= askedMs + softDeadlineMs) {
        candidate.state = 'slow'
        this.#counts.slow++
        this.#actions.push({ type: 'slow', peer, softDeadlineMs })
      }
      if (candidate.state === 'slow' && nowMs >= askedMs + this.#settings.hardDeadlineMs)
        this.#giveUp(candidate)
    }
  }

  #giveUp(candidate: Candidate): void {
    this.#fail(candidate)
    this.#actions.push({ type: 'release', peer: candidate.peer })
  }

  #updatePhase(nowMs: number): void {
    const phase = this.#currentPhase()
    if (phase === 'stragglers') this.#stragglersSinceMs ??= nowMs
    if (phase === this.#phase) return
    this.#phase = phase
    this.#actions.push({ type: 'phase', phase })
  }

  #currentPhase(): LookupPhase {
    if (this.#isOutOfNearPeers() && this.#hasStragglers()) return 'stragglers'
    return haveNearestResponded(this.#candidates, this.#settings.beta) ? 'follow-up' : 'search'
  }

  #endReason(nowMs: number): LookupEndReason | undefined {
    if (this.#endWanted !== undefined) return this.#endWanted
    if (nowMs >= this.#init.nowMs + this.#settings.timeLimitMs) return 'timeout'
    if (this.#isOutOfNearPeers()) return this.#isWorthWaiting(nowMs) ? undefined : 'starved'
    return haveNearestResponded(this.#candidates, this.#settings.k) ? 'converged' : undefined
  }

  /** Everybody worth waiting for has answered, and the result would still be short of k. */
  #isOutOfNearPeers(): boolean {
    if (this.#counts.replied >= this.#settings.k) return false
    return !this.#some((candidate) => isAwaited(candidate) && candidate.state !== 'responded')
  }

  #hasStragglers(): boolean {
    return this.#some(({ state }) => state === 'slow' || state === 'heard')
  }

  /** Without a single answer there is no result to give, so then the hard deadline alone counts. */
  #isWorthWaiting(nowMs: number): boolean {
    if (!this.#hasStragglers()) return false
    return (
      this.#counts.replied === 0 || nowMs < (this.#stragglersSinceMs ?? nowMs) + this.#settings.stragglerMs
    )
  }

  /** Asks as many as the slots allow; returns a reason to end when the limit of requests stands in the way. */
  #askMore(nowMs: number): LookupEndReason | undefined {
    let inFlight = countState(this.#candidates, 'in-flight')
    let slow = countState(this.#candidates, 'slow')
    for (const candidate of this.#worthAsking()) {
      const isFree = candidate.doubt !== 'none'
      if (!isFree && inFlight >= this.#settings.alpha) continue
      if (this.#counts.asked >= this.#settings.maxRequests) return inFlight === 0 ? 'limit' : undefined
      if (inFlight + slow >= 2 * this.#settings.alpha) {
        if (slow === 0 || isFree) continue
        this.#giveUpLongestSlow()
        slow--
      }
      this.#ask(candidate, isFree ? 'slow' : 'in-flight', nowMs)
      if (isFree) slow++
      else inFlight++
    }
    return undefined
  }

  /**
   * Peers to be asked in this phase, nearest first. The dead among the nearest
   * took places in the replies that live peers should have had, so for each of
   * them the follow-up goes one peer further (with 30 % dead entries this finds
   * 99.7 instead of 99.5 % of the true 20).
   */
  #worthAsking(): Candidate[] {
    const { k, followUpExtra } = this.#settings
    const chosen: Candidate[] = []
    let rank = 0
    let lost = 0
    for (const candidate of this.#candidates) {
      const isNear = rank < k + followUpExtra + lost
      if (candidate.state === 'heard' && this.#isWanted(candidate, isNear)) chosen.push(candidate)
      if (isAwaited(candidate)) rank++
      else if (rank < k) lost++
    }
    return chosen
  }

  #isWanted({ doubt }: Candidate, isNear: boolean): boolean {
    if (doubt === 'dead') return this.#phase === 'stragglers'
    if (doubt === 'slow') return isNear
    return isNear || this.#phase === 'search'
  }

  #ask(candidate: Candidate, state: 'in-flight' | 'slow', nowMs: number): void {
    this.#candidates.markAsked(candidate, state, nowMs)
    this.#counts.asked++
    const { peer, hop, cause } = candidate
    this.#actions.push({ type: 'query', peer, hop, cause })
  }

  /** Enough silent peers would otherwise hold all places until the hard deadline. */
  #giveUpLongestSlow(): void {
    let longest: Candidate | undefined
    for (const candidate of this.#candidates) {
      if (candidate.state === 'slow' && candidate.askedMs < (longest?.askedMs ?? Number.POSITIVE_INFINITY)) {
        longest = candidate
      }
    }
    if (longest !== undefined) this.#giveUp(longest)
  }

  #end(reason: LookupEndReason): void {
    this.#isDone = true
    for (const { state, peer } of this.#candidates) {
      if (state === 'in-flight' || state === 'slow') this.#actions.push({ type: 'release', peer })
    }
    this.#actions.push({ type: 'done', result: this.#result(reason) })
  }

  #result(reason: LookupEndReason): LookupResult {
    const nearest: Candidate[] = []
    for (const candidate of this.#candidates) {
      if (candidate.state === 'responded') nearest.push(candidate)
      if (nearest.length === this.#settings.k) break
    }
    const hops = nearest.reduce((most, { hop }) => Math.max(most, hop), 0)
    return { reason, closest: nearest.map(({ peer }) => peer), counts: { ...this.#counts, hops } }
  }

  #nextWakeMs(): number {
    const softDeadlineMs = this.#init.softDeadlineMs()
    let wakeMs = this.#init.nowMs + this.#settings.timeLimitMs
    for (const { state, askedMs } of this.#candidates) {
      if (state === 'in-flight') wakeMs = Math.min(wakeMs, askedMs + softDeadlineMs)
      if (state === 'slow') wakeMs = Math.min(wakeMs, askedMs + this.#settings.hardDeadlineMs)
    }
    if (this.#stragglersSinceMs === undefined || this.#counts.replied === 0) return wakeMs
    return Math.min(wakeMs, this.#stragglersSinceMs + this.#settings.stragglerMs)
  }

  #some(test: (candidate: Candidate) => boolean): boolean {
    for (const candidate of this.#candidates) if (test(candidate)) return true
    return false
  }
}
