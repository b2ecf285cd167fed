import type { Peer } from '../peer.ts'

/** Limits on what one response may add to a lookup. */
export interface CloserLimits {
  /** Peers looked at of one response. Default 40. */
  maxClosersPerResponse: number
  /** Peers of one IP group in one response. Default 3. */
  maxPerGroup: number
}

/** The IP group (subnet) of a peer by which an attacker's addresses are told; undefined when it counts for none. */
export type GroupOf = (peer: Peer) => string | number | undefined

/**
 * What of a response a lookup may use: the first 40, without ourselves and
 * repetitions, and of each IP group the first 3 (honest replies name peers of
 * many networks, a Sybil's reply names its own).
 */
export function admissibleClosers(
  closers: readonly Peer[],
  selfId: string,
  limits: CloserLimits,
  groupOf: GroupOf,
): Peer[] {
  const seen = new Set([selfId])
  const perGroup = new Map<string | number, number>()
  return closers.slice(0, limits.maxClosersPerResponse).filter((peer) => {
    if (seen.has(peer.id)) return false
    seen.add(peer.id)
    const group = groupOf(peer)
    if (group === undefined) return true
    const count = (perGroup.get(group) ?? 0) + 1
    perGroup.set(group, count)
    return count <= limits.maxPerGroup
  })
}
