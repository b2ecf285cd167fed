import type { RpcRow } from '../../../shared/rows.ts'

/** What the filters above the log choose; absent ones let everything through. */
export interface RpcFilter {
  direction?: string | undefined
  type?: string | undefined
  outcome?: string | undefined
  /** Part of the peer's id. */
  peer?: string | undefined
  /** Part of the key, hex, or of the reason. */
  text?: string | undefined
}

/** True when the filter lets a row through. */
export function fitsRpcFilter(row: RpcRow, { direction, type, outcome, peer, text }: RpcFilter): boolean {
  if (direction !== undefined && row.direction !== direction) return false
  if (type !== undefined && row.type !== type) return false
  if (outcome !== undefined && row.outcome !== outcome) return false
  if (peer !== undefined && !row.peer.includes(peer)) return false
  if (text === undefined) return true
  const words = `${row.key ?? ''} ${row.reason ?? ''} ${row.purpose ?? ''}`.toLowerCase()
  return words.includes(text.toLowerCase())
}
