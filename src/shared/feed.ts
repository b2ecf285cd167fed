import { z } from 'zod'
import {
  healthRowSchema,
  logRowSchema,
  networkRowSchema,
  nodeRowSchema,
  operationRowSchema,
  peerRowSchema,
  providerRowSchema,
  ratePointSchema,
  recordRowSchema,
  rpcRowSchema,
  severitySchema,
  storeStatsSchema,
  tableHistoryRowSchema,
  traceIdSchema,
  validatorRowSchema,
} from './rows.ts'
import { hexSchema, traceEventSchema } from './trace-event.ts'

/** Batches a client may leave unacknowledged; then samples are merged or dropped until it catches up. */
export const MAX_UNACKNOWLEDGED = 4

/** How often a batch is sent at most, in milliseconds. */
export const BATCH_INTERVAL_MS = 100

/** Everything a view starts from. Lists are the latest rows; older ones are asked for by command. */
export const snapshotSchema = z.object({
  networks: z.array(networkRowSchema),
  /** The network that runs, or was asked for last; absent when none was. */
  activeNetworkId: z.string().optional(),
  node: nodeRowSchema.optional(),
  /** Routing table with its replacement caches. */
  peers: z.array(peerRowSchema),
  health: healthRowSchema.optional(),
  /** Newest first. */
  operations: z.array(operationRowSchema),
  /** Newest first. */
  rpcs: z.array(rpcRowSchema),
  store: storeStatsSchema.optional(),
  validators: z.array(validatorRowSchema),
  /** Oldest first, the last five minutes. */
  rates: z.array(ratePointSchema),
  /** Oldest first. */
  log: z.array(logRowSchema),
})
export type Snapshot = z.infer<typeof snapshotSchema>

/**
 * What changed, in the past tense. Rows replace the row of the same id. Samples
 * (`rpcs:seen`, `trace:grew`, `log:written`, `history:written`) may be dropped
 * under load, which is counted; all others may be merged but never lost.
 */
export const feedEventSchema = z.discriminatedUnion('type', [
  /** First event of every feed, and the answer to `feed.resync`. Replaces all state. */
  z.object({ type: z.literal('snapshot:taken'), snapshot: snapshotSchema }),
  z.object({
    type: z.literal('networks:changed'),
    networks: z.array(networkRowSchema),
    activeNetworkId: z.string().optional(),
  }),
  z.object({ type: z.literal('node:changed'), node: nodeRowSchema }),
  z.object({
    type: z.literal('peers:changed'),
    changed: z.array(peerRowSchema),
    removed: z.array(z.string()),
  }),
  z.object({ type: z.literal('health:changed'), health: healthRowSchema }),
  z.object({ type: z.literal('history:written'), rows: z.array(tableHistoryRowSchema) }),
  z.object({ type: z.literal('operations:changed'), rows: z.array(operationRowSchema) }),
  /** New events of a watched trace. `fromIndex` is the place of the first; a gap means: ask for the trace again. */
  z.object({
    type: z.literal('trace:grew'),
    id: traceIdSchema,
    fromIndex: z.number().int(),
    events: z.array(traceEventSchema),
  }),
  /** Oldest first. */
  z.object({ type: z.literal('rpcs:seen'), rows: z.array(rpcRowSchema) }),
  z.object({ type: z.literal('store:changed'), stats: storeStatsSchema }),
  z.object({
    type: z.literal('records:changed'),
    changed: z.array(recordRowSchema),
    /** Keys. */
    removed: z.array(hexSchema),
  }),
  z.object({
    type: z.literal('providers:changed'),
    changed: z.array(providerRowSchema),
    removed: z.array(z.object({ key: hexSchema, provider: z.string() })),
  }),
  z.object({ type: z.literal('validators:changed'), rows: z.array(validatorRowSchema) }),
  z.object({ type: z.literal('rate:measured'), point: ratePointSchema }),
  z.object({ type: z.literal('log:written'), rows: z.array(logRowSchema) }),
  /** Something the person should know now: a database was set aside, the disk is full. */
  z.object({
    type: z.literal('notice:raised'),
    severity: severitySchema,
    text: z.string(),
    href: z.string().optional(),
  }),
])
export type FeedEvent = z.infer<typeof feedEventSchema>
export type FeedEventOf<T extends FeedEvent['type']> = Extract<FeedEvent, { type: T }>

/** What the feed carries: at most ten a second. */
export const feedBatchSchema = z.object({
  /** Of this subscription. */
  feedId: z.string(),
  /** 1, 2, 3, …; a gap means that the client must `feed.resync`. */
  seq: z.number().int().positive(),
  /** A new one at every start of the backend. */
  backendId: z.string(),
  /** The network the events speak of; absent when none runs. */
  networkId: z.string().optional(),
  at: z.number(),
  /** Samples left out of this feed since it began. */
  dropped: z.number().int(),
  /** Events of the node since the last batch, those left out too: what `ev/s` counts. */
  seen: z.number().int(),
  events: z.array(feedEventSchema),
})
export type FeedBatch = z.infer<typeof feedBatchSchema>
