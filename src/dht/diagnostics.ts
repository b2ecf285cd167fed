import type { DHTMode } from './dht-mode.ts'
import type { TableEntryState } from './events.ts'
import type { KadDHTParts } from './kad-dht-parts.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { StorageStats } from './stores/value-storage.ts'

/** What a node can say of itself. */
export interface Diagnostics {
  peerId: string
  protocol: string
  isRunning: boolean
  mode: { configured: DHTMode; effective: 'CLIENT' | 'SERVER' }
  /** Addresses announced, binary. */
  addrs: readonly Uint8Array[]
  routingTable: {
    size: number
    buckets: number
    replacements: number
    byState: Record<TableEntryState, number>
    /** Entries by leading bits in common with our key: nearness, unlike the order of buckets. */
    byCpl: { cpl: number; peers: number }[]
  }
  values: StorageStats
  providers: StorageStats
  /** Streams on which others are asking us. */
  inboundStreams: number
  /** What others were refused by a limit since the node was made, by limit: a request type, or the limit's name. */
  refusals: Record<string, number>
  /** What a peer is given to answer before a lookup goes on without it, in milliseconds. */
  softDeadlineMs: number
}

/** Looks at the parts of a node. */
export async function diagnose(
  parts: KadDHTParts,
  { serving, isStarted }: Pick<Lifecycle, 'serving' | 'isStarted'>,
): Promise<Diagnostics> {
  const { network, values, providers, inbound, requests } = parts
  return {
    peerId: network.self.id,
    protocol: network.protocol,
    isRunning: isStarted,
    mode: { configured: serving.configured, effective: serving.effective },
    addrs: network.self.addrs,
    routingTable: describeTable(parts),
    values: await values.stats(),
    providers: await providers.stats(),
    inboundStreams: inbound.size,
    refusals: inbound.refusals,
    softDeadlineMs: requests.latency.softDeadlineMs(),
  }
}

function describeTable({ table }: KadDHTParts): Diagnostics['routingTable'] {
  const byState: Record<TableEntryState, number> = { live: 0, unverified: 0, stale: 0 }
  const byCpl = new Map<number, number>()
  for (const { state, cpl } of table.entries()) {
    byState[state]++
    byCpl.set(cpl, (byCpl.get(cpl) ?? 0) + 1)
  }
  return {
    size: table.size(),
    buckets: table.buckets.length,
    replacements: [...table.replacements()].length,
    byState,
    byCpl: [...byCpl].sort(([a], [b]) => a - b).map(([cpl, peers]) => ({ cpl, peers })),
  }
}
