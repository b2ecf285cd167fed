/** What a server accepts and answers (protocol.md §8); every limit is the network's to set. */
export interface ServerSettings {
  /** Closer peers in a reply. */
  k: number
  enableValues: boolean
  enableProviders: boolean
  /** Records of namespaces without a validator are refused. False only in private networks with plain keys. */
  requireNamespace: boolean
  valueTtlMs: number
  providerTtlMs: number
  providerAddrTtlMs: number
  /** Larger requests are refused unread. */
  maxRequestSizeBytes: number
  /** Replies are cut to this, since rust-libp2p reads no more by default; a record alone may exceed it. */
  maxReplySizeBytes: number
  maxValueSizeBytes: number
  maxRecordKeyBytes: number
  maxPeerKeyBytes: number
  maxProviderKeyBytes: number
  /** Entries of an ADD_PROVIDER that are looked at. */
  maxProvidersPerRequest: number
  /** Providers in a reply. */
  maxProvidersPerReply: number
  /** Writes (PUT_VALUE, ADD_PROVIDER) validated and stored at a time; others wait. */
  maxConcurrentWrites: number
  /** Writes that wait; beyond it they are refused. */
  maxWaitingWrites: number
}

const HOUR_MS = 3_600_000

export const SERVER_DEFAULTS: ServerSettings = {
  k: 20,
  enableValues: true,
  enableProviders: true,
  requireNamespace: true,
  valueTtlMs: 48 * HOUR_MS,
  providerTtlMs: 48 * HOUR_MS,
  providerAddrTtlMs: 24 * HOUR_MS,
  maxRequestSizeBytes: 256 * 1024,
  maxReplySizeBytes: 16 * 1024,
  maxValueSizeBytes: 64 * 1024,
  maxRecordKeyBytes: 128,
  maxPeerKeyBytes: 128,
  maxProviderKeyBytes: 80,
  maxProvidersPerRequest: 20,
  maxProvidersPerReply: 100,
  maxConcurrentWrites: 64,
  maxWaitingWrites: 4096,
}
