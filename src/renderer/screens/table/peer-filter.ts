import type { PeerRow } from '../../../shared/rows.ts'

/** What the pills above the peer table choose. */
export const quickFilters = {
  stale: { label: 'stale', fits: ({ state }: PeerRow) => state === 'stale' },
  unverified: { label: 'unverified', fits: ({ state }: PeerRow) => state === 'unverified' },
  useless: { label: 'never useful', fits: ({ lastUsefulAt }: PeerRow) => lastUsefulAt === undefined },
  connected: { label: 'connected', fits: ({ connected }: PeerRow) => connected },
  replacement: { label: 'replacements', fits: ({ state }: PeerRow) => state === 'replacement' },
} as const

export type QuickFilter = keyof typeof quickFilters

export interface PeerFilter {
  /** Words, all of which must occur in id, address, agent, protocols or reason. */
  text: string
  cpl: number | undefined
  quick: QuickFilter | undefined
}

/** True when the filter lets a peer through. Replacements are shown only when asked for. */
export function fitsFilter(peer: PeerRow, { text, cpl, quick }: PeerFilter): boolean {
  if (cpl !== undefined && peer.cpl !== cpl) return false
  if (quick !== undefined ? !quickFilters[quick].fits(peer) : peer.state === 'replacement') return false
  if (text.trim() === '') return true
  const { id, address = '', agent = '', protocols, reason } = peer
  const all = `${id} ${address} ${agent} ${protocols.join(' ')} ${reason}`.toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}
