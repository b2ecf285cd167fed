import type { PeerRow, PeerState } from '../../../shared/rows.ts'

/** A peer, or several that fall on one pixel, on the XOR line. */
export interface Tick {
  /** Whole pixels from the left: distance 0 is me. */
  x: number
  /** The best known state among them. */
  state: PeerState
  /** How many. */
  count: number
  /** The nearest of them. */
  id: string
}

const order: readonly PeerState[] = ['live', 'unverified', 'stale', 'replacement']

/**
 * Peers nearer than 2^(256 − bits) on a line of `width` pixels, linear in the
 * distance; at most one tick a pixel, so that any number of peers can be drawn.
 */
export function stripTicks(peers: Iterable<PeerRow>, bits: number, width: number): Tick[] {
  const ticks = new Map<number, Tick>()
  for (const { id, distance, state } of peers) {
    if (state === 'replacement') continue
    const part = distanceShare(distance) * 2 ** bits
    if (part >= 1) continue
    const x = Math.floor(part * width)
    const before = ticks.get(x)
    if (before === undefined) ticks.set(x, { x, state, count: 1, id })
    else {
      before.count++
      if (order.indexOf(state) < order.indexOf(before.state)) before.state = state
    }
  }
  return [...ticks.values()].sort((a, b) => a.x - b.x)
}

/** A distance (64 hex digits) as a share of the whole space, 0–1, to 52 bits. */
export function distanceShare(distance: string): number {
  return Number.parseInt(distance.slice(0, 13), 16) / 16 ** 13
}
