import type { FeedEvent } from '../../shared/feed.ts'
import type { NetworkRow } from '../../shared/rows.ts'

export interface NetworksSlice {
  readonly rows: readonly NetworkRow[]
  /** The network that runs, or was asked for last. */
  readonly activeId: string | undefined
}

export const noNetworks: NetworksSlice = { rows: [], activeId: undefined }

export function reduceNetworks(slice: NetworksSlice, event: FeedEvent): NetworksSlice {
  if (event.type === 'snapshot:taken') {
    return { rows: event.snapshot.networks, activeId: event.snapshot.activeNetworkId }
  }
  if (event.type !== 'networks:changed') return slice
  return { rows: event.networks, activeId: event.activeNetworkId }
}

/** The row of the active network. */
export function activeNetwork({ rows, activeId }: NetworksSlice): NetworkRow | undefined {
  return rows.find(({ id }) => id === activeId)
}
