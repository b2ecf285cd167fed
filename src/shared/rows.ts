import { z } from 'zod'
import {
  countsSchema,
  endReasonSchema,
  hexSchema,
  messageTypeSchema,
  operationKindSchema,
} from './trace-event.ts'

/** Ids are stable for the life of a profile: `<run>-<operationId>`, the run being the node's start. */
export const traceIdSchema = z.string().min(1).max(64)

/** A key as the screen shows it. */
export const keyViewSchema = z.object({
  /** `/note/hello`, `/ipns/k51…`, `/pk/12D3…`, a CID, a peer id, or `0x…`. */
  text: z.string(),
  kind: z.enum(['record', 'ipns', 'pk', 'provider', 'peer', 'bytes']),
  /** The key's bytes. */
  hex: hexSchema,
  /** sha256 of them: its place in the keyspace. */
  target: hexSchema,
})
export type KeyView = z.infer<typeof keyViewSchema>

export const networkRowSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['sandbox', 'amino', 'lan', 'custom']),
  description: z.string(),
  protocol: z.string(),
  bootstrap: z.array(z.string()),
  k: z.number().int(),
  alpha: z.number().int(),
  /** What is published here reaches other people's machines. */
  isPublic: z.boolean(),
  /** Namespaces without a validator are refused (strict) or accepted unverified. */
  strictNamespaces: z.boolean(),
  /** Keys without a namespace are allowed. */
  plainKeys: z.boolean(),
  /** A swarm key (libp2p private network) is set. */
  isPrivate: z.boolean(),
  state: z.enum(['stopped', 'starting', 'running', 'stopping', 'failed']),
  /** Why it failed, and the next step. */
  error: z.string().optional(),
})
export type NetworkRow = z.infer<typeof networkRowSchema>

export const modeSchema = z.enum(['CLIENT', 'SERVER'])
export const configuredModeSchema = z.enum(['CLIENT', 'SERVER', 'AUTO'])

export const nodeRowSchema = z.object({
  networkId: z.string(),
  peerId: z.string(),
  /** sha256 of the peer id: its place in the keyspace. */
  key: hexSchema,
  mode: modeSchema,
  configuredMode: configuredModeSchema,
  /** Why this mode, in a sentence. */
  modeEvidence: z.string(),
  protocol: z.string(),
  addresses: z.array(
    z.object({
      address: z.string(),
      /** How many distinct peers connected to it. */
      dialledBy: z.number(),
    }),
  ),
  startedAt: z.number(),
  k: z.number(),
  alpha: z.number(),
  beta: z.number(),
  connections: z.number(),
  streamsIn: z.number(),
  streamsOut: z.number(),
  eventLoopDelay: z.object({ p99Ms: z.number(), maxMs: z.number() }),
  memoryBytes: z.number(),
})
export type NodeRow = z.infer<typeof nodeRowSchema>

export const peerStateSchema = z.enum(['live', 'unverified', 'stale', 'replacement'])
export type PeerState = z.infer<typeof peerStateSchema>

/** A peer of the routing table or of a bucket's replacement cache. */
export const peerRowSchema = z.object({
  id: z.string(),
  key: hexSchema,
  /** XOR distance from this node, 64 hex digits. */
  distance: hexSchema,
  /** Common prefix length with this node, bits; the bucket it belongs to. */
  cpl: z.number().int(),
  state: peerStateSchema,
  /** The address in use, or the first known. */
  address: z.string().optional(),
  addresses: z.array(z.string()),
  agent: z.string().optional(),
  protocols: z.array(z.string()),
  rttMs: z.number().optional(),
  connected: z.boolean(),
  lastSeenAt: z.number().optional(),
  lastUsefulAt: z.number().optional(),
  addedAt: z.number(),
  /** Why admitted: a `TableReason`. */
  reason: z.string(),
  strikes: z.number().int(),
})
export type PeerRow = z.infer<typeof peerRowSchema>

export const severitySchema = z.enum(['good', 'info', 'warn', 'bad'])
export type Severity = z.infer<typeof severitySchema>

/** A judgement in a sentence, with where to look. */
export const verdictSchema = z.object({
  severity: severitySchema,
  text: z.string(),
  /** Route of the screen that proves it, e.g. `/lookups/x1-12`. */
  href: z.string().optional(),
})
export type Verdict = z.infer<typeof verdictSchema>

export const healthRowSchema = z.object({
  /** 0–100 = fill (40) + freshness (35) + coverage (25). */
  score: z.number(),
  fill: z.number(),
  freshness: z.number(),
  coverage: z.number(),
  /** How many peers the table should hold in a network of this size. */
  expectedPeers: z.number(),
  /** Estimate of the network's size and its standard error; absent before enough lookups. */
  networkSize: z.object({ nodes: z.number(), error: z.number(), samples: z.number() }).optional(),
  verdicts: z.array(verdictSchema),
})
export type HealthRow = z.infer<typeof healthRowSchema>

/** One change of the routing table, kept for ever (within retention) so that the past can be redrawn. */
export const tableHistoryRowSchema = z.object({
  seq: z.number().int(),
  at: z.number(),
  change: z.enum(['added', 'removed', 'changed', 'replacement-added', 'replacement-removed']),
  peer: z.string(),
  key: hexSchema,
  cpl: z.number().int(),
  state: peerStateSchema.optional(),
  reason: z.string().optional(),
})
export type TableHistoryRow = z.infer<typeof tableHistoryRowSchema>

/** Outcomes, everywhere the same colour and shape. */
export const outcomeSchema = z.enum(['pending', 'ok', 'slow', 'timeout', 'reset', 'rejected', 'cancelled'])
export type Outcome = z.infer<typeof outcomeSchema>

export const operationRowSchema = z.object({
  id: traceIdSchema,
  networkId: z.string(),
  kind: operationKindSchema,
  key: keyViewSchema,
  startedAt: z.number(),
  /** Absent while it runs. */
  durationMs: z.number().optional(),
  reason: endReasonSchema.optional(),
  outcome: outcomeSchema,
  result: z.string(),
  counts: countsSchema,
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  parentId: traceIdSchema.optional(),
})
export type OperationRow = z.infer<typeof operationRowSchema>

export const rpcRowSchema = z.object({
  /** `<run>-<rpcId>`. */
  id: traceIdSchema,
  operationId: traceIdSchema.optional(),
  direction: z.enum(['in', 'out']),
  purpose: z.string().optional(),
  at: z.number(),
  type: z.union([messageTypeSchema, z.literal('UNKNOWN')]),
  key: hexSchema.optional(),
  peer: z.string(),
  /** Common prefix length of the peer with this node. */
  cpl: z.number().int(),
  outcome: outcomeSchema,
  reason: z.string().optional(),
  durationMs: z.number().optional(),
  requestSizeBytes: z.number(),
  replySizeBytes: z.number(),
})
export type RpcRow = z.infer<typeof rpcRowSchema>

export const storeStatsSchema = z.object({
  values: z.object({
    entries: z.number(),
    maxEntries: z.number(),
    sizeBytes: z.number(),
    maxSizeBytes: z.number(),
  }),
  providers: z.object({
    entries: z.number(),
    maxEntries: z.number(),
    sizeBytes: z.number(),
    maxSizeBytes: z.number(),
  }),
  /** Live values per namespace, biggest first. */
  namespaces: z.array(z.object({ namespace: z.string(), entries: z.number() })),
})
export type StoreStats = z.infer<typeof storeStatsSchema>

/** A value this node holds. */
export const recordRowSchema = z.object({
  key: keyViewSchema,
  namespace: z.string(),
  sizeBytes: z.number(),
  publisher: z.string(),
  isOwn: z.boolean(),
  receivedAt: z.number(),
  expiresAt: z.number(),
})
export type RecordRow = z.infer<typeof recordRowSchema>

export const providerRowSchema = z.object({
  key: keyViewSchema,
  provider: z.string(),
  addresses: z.array(z.string()),
  isOwn: z.boolean(),
  receivedAt: z.number(),
  expiresAt: z.number(),
})
export type ProviderRow = z.infer<typeof providerRowSchema>

/** How a validator is defined. JavaScript runs in a sandbox: `validate(key, value, now)`, `select(key, values, now)`. */
export const validatorDefinitionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('any') }),
  z.object({ kind: z.literal('utf8'), maxSizeBytes: z.number().int().positive().optional() }),
  z.object({ kind: z.literal('size'), maxSizeBytes: z.number().int().positive() }),
  z.object({ kind: z.literal('json-schema'), schema: z.string().min(1).max(65_536) }),
  z.object({ kind: z.literal('javascript'), source: z.string().min(1).max(65_536) }),
])
export type ValidatorDefinition = z.infer<typeof validatorDefinitionSchema>

export const namespaceSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'A namespace is 1–64 letters, digits, dots, dashes or underscores, without slashes.',
  )

export const validatorRowSchema = z.object({
  namespace: namespaceSchema,
  /** Built-in ones (`pk`, `ipns`) have no definition and cannot be replaced on Amino. */
  builtIn: z.boolean(),
  replaceable: z.boolean(),
  definition: validatorDefinitionSchema.optional(),
  enabled: z.boolean(),
  version: z.number().int(),
  registeredAt: z.number().optional(),
  counts: z.object({ accepted: z.number(), rejected: z.number() }),
})
export type ValidatorRow = z.infer<typeof validatorRowSchema>

/** Requests per second by type, one point every two seconds. */
export const ratePointSchema = z.object({
  at: z.number(),
  in: z.record(z.string(), z.number()),
  out: z.record(z.string(), z.number()),
  /** Share of our requests that were answered, 0–1; absent when there was none. */
  successRate: z.number().optional(),
  lookupP50Ms: z.number().optional(),
  lookupP95Ms: z.number().optional(),
  eventLoopP99Ms: z.number(),
})
export type RatePoint = z.infer<typeof ratePointSchema>

export const logRowSchema = z.object({
  seq: z.number().int(),
  at: z.number(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  /** lookup, rpc, store, table, dial, maint, node, sandbox, validator. */
  area: z.string(),
  text: z.string(),
  href: z.string().optional(),
})
export type LogRow = z.infer<typeof logRowSchema>
