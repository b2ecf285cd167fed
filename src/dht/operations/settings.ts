import type { SoftDeadlineSettings } from '../lookup/latency-tracker.ts'
import type { LookupSettings } from '../lookup/lookup.ts'

/** The numbers a node goes by. Times in milliseconds; defaults in `DEFAULT_SETTINGS`. */
export interface DhtSettings extends Omit<LookupSettings, 'hardDeadlineMs'>, SoftDeadlineSettings {
  /**
   * Of the peers that answered lately, how many of the nearest a lookup begins
   * with beside the routing table's; 0 begins at the table alone.
   */
  maxCachedSeeds: number
  /** A whole request, dial included. */
  requestTimeoutMs: number
  dialTimeoutMs: number
  /** How long a value is kept and served from its last put. */
  valueTtlMs: number
  /** How long a provider record is kept from its last announcement. */
  providerTtlMs: number
  /** How long the addresses in it are handed out. */
  providerAddrTtlMs: number
  /** Largest value put or taken in from a reply, in bytes. */
  maxValueBytes: number
  /** Longest record key, in bytes. */
  maxRecordKeyBytes: number
}

const HOUR_MS = 3_600_000

/** protocol.md §2, §4, §8. */
export const DEFAULT_SETTINGS: DhtSettings = {
  k: 20,
  alpha: 20,
  beta: 3,
  followUpExtra: 4,
  maxCandidates: 200,
  maxClosersPerResponse: 40,
  maxPerGroup: 3,
  maxRequests: 500,
  timeLimitMs: 60_000,
  stragglerMs: 500,
  softDeadlineFloorMs: 100,
  softDeadlineCeilingMs: 3000,
  softDeadlineFirstMs: 1000,
  softDeadlineFactor: 1.3,
  maxCachedSeeds: 20,
  requestTimeoutMs: 10_000,
  dialTimeoutMs: 5000,
  valueTtlMs: 48 * HOUR_MS,
  providerTtlMs: 48 * HOUR_MS,
  providerAddrTtlMs: 24 * HOUR_MS,
  maxValueBytes: 64 * 1024,
  maxRecordKeyBytes: 128,
}
