import type { PeerRow, PeerState, TableHistoryRow } from '../../../shared/rows.ts'

/** What the history says of a peer at one moment. */
export interface PastPeer {
  id: string
  key: string
  cpl: number
  state: PeerState
  reason: string
  addedAt: number
}

/**
 * The routing table and its replacement caches as they were after the last
 * change at or before `at`, by peer id: the history folded up to there.
 * Rows are in the order they were written.
 */
export function tableAt(rows: readonly TableHistoryRow[], at: number): Map<string, PastPeer> {
  const peers = new Map<string, PastPeer>()
  for (const row of rows) {
    if (row.at > at) break
    applyChange(peers, row)
  }
  return peers
}

function applyChange(peers: Map<string, PastPeer>, row: TableHistoryRow): void {
  const before = peers.get(row.peer)
  switch (row.change) {
    case 'added':
      peers.set(row.peer, pastPeer(row, row.state ?? 'live'))
      return
    case 'replacement-added':
      // A peer may be told to wait while it still has a seat; then the seat counts.
      if (before === undefined || before.state === 'replacement')
        peers.set(row.peer, pastPeer(row, 'replacement'))
      return
    case 'removed':
      if (before?.state !== 'replacement') peers.delete(row.peer)
      return
    case 'replacement-removed':
      if (before?.state === 'replacement') peers.delete(row.peer)
      return
    case 'changed':
      if (before !== undefined)
        peers.set(row.peer, { ...before, cpl: row.cpl, state: row.state ?? before.state })
  }
}

function pastPeer({ peer, key, cpl, reason, at }: TableHistoryRow, state: PeerState): PastPeer {
  return { id: peer, key, cpl, state, reason: reason ?? '', addedAt: at }
}

/** A past peer as a row of the table; what the history does not keep is absent. */
export function pastRow(peer: PastPeer, ownKey: string): PeerRow {
  return {
    ...peer,
    distance: xorHex(peer.key, ownKey),
    addresses: [],
    protocols: [],
    connected: false,
    strikes: 0,
  }
}

/** XOR of two hex strings of one length. */
export function xorHex(a: string, b: string): string {
  let result = ''
  for (let index = 0; index < a.length; index++) {
    const digit = Number.parseInt(a.charAt(index), 16) ^ Number.parseInt(b.charAt(index) || '0', 16)
    result += digit.toString(16)
  }
  return result
}

/** A moment of the table's course. */
export interface SizePoint {
  at: number
  seated: number
}

/** How many seats were taken after each change, thinned to at most `maxPoints`, first and last kept. */
export function sizeCourse(rows: readonly TableHistoryRow[], maxPoints: number): SizePoint[] {
  const seated = new Set<string>()
  const points: SizePoint[] = []
  for (const { change, peer, at } of rows) {
    if (change === 'added') seated.add(peer)
    else if (change === 'removed') seated.delete(peer)
    else continue
    points.push({ at, seated: seated.size })
  }
  if (points.length <= maxPoints) return points
  const step = (points.length - 1) / (maxPoints - 1)
  return Array.from({ length: maxPoints }, (_, index) => points[Math.round(index * step)]).filter(
    (point) => point !== undefined,
  )
}

/** The two parts of a history joined, each row once, in order. */
export function joinHistory(
  older: readonly TableHistoryRow[],
  newer: readonly TableHistoryRow[],
): readonly TableHistoryRow[] {
  const last = older.at(-1)?.seq ?? Number.NEGATIVE_INFINITY
  const fresh = newer.filter(({ seq }) => seq > last)
  return fresh.length === 0 ? older : [...older, ...fresh]
}
