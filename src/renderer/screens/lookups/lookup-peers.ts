import type { Outcome } from '../../../shared/rows.ts'
import { log2Distance, sharedBits } from './keyspace.ts'
import { requestOutcome, shortReason } from './request-outcome.ts'
import { isLookupRequest, type TraceModel, type TraceRequest } from './trace-model.ts'

/** A peer that an operation heard of, asked or not. */
export interface LookupPeer {
  id: string
  /** The request of the lookup, else the one that stored; absent when it was never asked. */
  rpcId: number | undefined
  /** Absent when it was never asked. */
  outcome: Outcome | undefined
  reason: string | undefined
  sharedBits: number | undefined
  log2Distance: number | undefined
  hop: number | undefined
  /** Who named it first; absent for a seed. */
  introducedBy: string | undefined
  rttMs: number | undefined
  /** Peers it named, and how many of them were new. */
  named: number
  namedNew: number
  /** Place among the nearest of the result, from 1. */
  rank: number | undefined
  store: StoreResult | undefined
}

/** What came of storing at one peer. */
export interface StoreResult {
  peer: string
  rpcId: number
  outcome: Outcome
  reason: string | undefined
  durationMs: number | undefined
}

/** All peers of a trace, nearest to the target first; those whose key is not known last. */
export function lookupPeers(model: TraceModel): LookupPeer[] {
  const lookups = new Map(model.requests.filter(isLookupRequest).map((request) => [request.peer, request]))
  const stores = new Map(storeResults(model).map((result) => [result.peer, result]))
  const introducers = introducersOf(model)
  const ranks = new Map((model.ended?.closest ?? []).map((id, index) => [id, index + 1]))
  const ids = new Set([...model.keys.keys(), ...model.requests.map(({ peer }) => peer)])
  return [...ids]
    .map((id) => ({
      ...placeOf(model, id),
      ...answerOf(lookups.get(id)),
      id,
      introducedBy: introducers.get(id),
      rank: ranks.get(id),
      store: stores.get(id),
    }))
    .sort((a, b) => (a.log2Distance ?? 999) - (b.log2Distance ?? 999) || (a.id < b.id ? -1 : 1))
}

function placeOf(model: TraceModel, id: string): Pick<LookupPeer, 'sharedBits' | 'log2Distance'> {
  const key = model.keys.get(id)
  const target = model.started?.target
  if (key === undefined || target === undefined) return { sharedBits: undefined, log2Distance: undefined }
  return { sharedBits: sharedBits(key, target), log2Distance: log2Distance(key, target) }
}

type Answer = Pick<LookupPeer, 'rpcId' | 'outcome' | 'reason' | 'hop' | 'rttMs' | 'named' | 'namedNew'>

function answerOf(request: TraceRequest | undefined): Answer {
  const heard = request?.replied?.heard ?? []
  return {
    rpcId: request?.rpcId,
    outcome: request === undefined ? undefined : requestOutcome(request),
    reason: request === undefined ? undefined : shortReason(request),
    hop: request?.sent?.hop,
    rttMs: request?.replied?.timing.waitMs,
    named: heard.length,
    namedNew: heard.filter(({ isNew }) => isNew).length,
  }
}

/** Whoever named a peer first, by id; the lookup's own word where there is one. */
function introducersOf(model: TraceModel): Map<string, string> {
  const introducers = new Map<string, string>()
  const seeds = new Set(model.seeds.map(({ peer }) => peer))
  const answers = model.requests.flatMap(({ replied }) => replied ?? [])
  answers.sort((a, b) => a.monotonicMs - b.monotonicMs)
  for (const { peer, heard } of answers) {
    for (const named of heard) {
      if (!introducers.has(named.peer) && !seeds.has(named.peer)) introducers.set(named.peer, peer)
    }
  }
  for (const { peer, sent } of model.requests)
    if (sent?.cause !== undefined) introducers.set(peer, sent.cause)
  return introducers
}

/** Results of a put, provide or correction, nearest peer first; those sent and not answered are pending. */
export function storeResults(model: TraceModel): StoreResult[] {
  return model.requests
    .filter((request) => !isLookupRequest(request))
    .map((request) => ({
      peer: request.peer,
      rpcId: request.rpcId,
      outcome: requestOutcome(request),
      reason: shortReason(request),
      durationMs: request.endMs === undefined ? undefined : request.endMs - request.startMs,
    }))
    .sort((a, b) => placeRank(model, a.peer) - placeRank(model, b.peer) || a.rpcId - b.rpcId)
}

function placeRank(model: TraceModel, id: string): number {
  return placeOf(model, id).log2Distance ?? 999
}
