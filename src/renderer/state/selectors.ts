import type { NetworkRow } from '../../shared/rows.ts'
import { type AppState, useApp } from './app-store.ts'
import { activeNetwork } from './networks.ts'

/** The active network's row. */
export function useActiveNetwork(): NetworkRow | undefined {
  return useApp(({ networks }) => activeNetwork(networks))
}

/** The active network's id while it runs; commands that name a network need it. */
export function useRunningNetworkId(): string | undefined {
  return useApp(({ networks }) => {
    const network = activeNetwork(networks)
    return network?.state === 'running' ? network.id : undefined
  })
}

/** Peers seated in the routing table, without replacement caches. */
export function seatedPeerCount({ peers }: Pick<AppState, 'peers'>): number {
  let count = 0
  for (const { state } of peers.values()) if (state !== 'replacement') count++
  return count
}
