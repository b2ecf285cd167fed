import type { Peer } from '../peer.ts'

/** Where a peer stands in a lookup. */
export type CandidateState =
  /** Named by a seed or a response, not asked yet. Left when it is asked, or dropped at the cap. */
  | 'heard'
  /** Asked and within its soft deadline: holds one of α slots. Left by answer, failure or soft deadline. */
  | 'in-flight'
  /** Asked and past its soft deadline (or not worth waiting for from the start): holds no slot and is not waited for; a late answer still counts. Left by answer, failure or hard deadline. */
  | 'slow'
  /** It answered. Never left. */
  | 'responded'
  /** Its request failed, or the hard deadline passed. Never left. */
  | 'failed'

/** What earlier lookups found of a peer. */
export type PeerDoubt =
  /** Nothing bad. */
  | 'none'
  /** It let a lookup wait: asked as others are, but never waited for. */
  | 'slow'
  /** Its last request failed: asked only when nobody better is left. */
  | 'dead'

/** A peer of a lookup. */
export interface Candidate {
  peer: Peer
  state: CandidateState
  readonly doubt: PeerDoubt
  /** Steps from a seed, which is 0. */
  readonly hop: number
  /** Id of who named it first; undefined for a seed. */
  readonly cause: string | undefined
  /** When it was asked, monotonic milliseconds; 0 before. */
  askedMs: number
}
