import type { Candidate } from './candidate.ts'

/**
 * Whether a lookup waits for this candidate before it may end: not for one
 * that failed, is slow, or was found silent before.
 */
export function isAwaited(candidate: Candidate): boolean {
  switch (candidate.state) {
    case 'responded':
    case 'in-flight':
      return true
    case 'heard':
      return candidate.doubt === 'none'
    case 'slow':
    case 'failed':
      return false
  }
}

/**
 * True when the nearest `count` awaited candidates have all responded; with
 * fewer than `count`, when all there are have, and there is one.
 */
export function haveNearestResponded(candidates: Iterable<Candidate>, count: number): boolean {
  let seen = 0
  for (const candidate of candidates) {
    if (!isAwaited(candidate)) continue
    if (candidate.state !== 'responded') return false
    if (++seen === count) return true
  }
  return seen > 0
}

/** Candidates in a state; they are few, so counting beats keeping count. */
export function countState(candidates: Iterable<Candidate>, state: Candidate['state']): number {
  let count = 0
  for (const candidate of candidates) if (candidate.state === state) count++
  return count
}
