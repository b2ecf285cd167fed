import type { DhtEvent } from '../../dht/events.ts'
import { hexText } from '../../shared/byte-text.ts'
import type { TableHistoryRow } from '../../shared/rows.ts'

/** A change of the routing table as its history keeps it; undefined for an event that changes nothing in it. */
export function tableChange(
  event: DhtEvent,
  keyOf: (peer: string) => Uint8Array | undefined,
): Omit<TableHistoryRow, 'seq'> | undefined {
  switch (event.type) {
    case 'table:added': {
      const { at, peer, key, cpl, state, reason } = event
      return { at, change: 'added', peer, key: hexText(key), cpl, state, reason }
    }
    case 'table:removed': {
      const { at, peer, key, cpl, reason } = event
      return { at, change: 'removed', peer, key: hexText(key), cpl, reason }
    }
    case 'table:changed': {
      const { at, peer, key, cpl, state } = event
      return { at, change: 'changed', peer, key: hexText(key), cpl, state }
    }
    case 'table:replacement': {
      const { at, peer, cpl, change } = event
      const key = hexText(keyOf(peer) ?? new Uint8Array(0))
      return { at, change: `replacement-${change}`, peer, key, cpl, state: 'replacement' }
    }
    default:
      return undefined
  }
}
