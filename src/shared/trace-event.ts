import { z } from 'zod'

/**
 * The text form of the node's events (`DhtEvent`), made once where they leave
 * the node: what traces keep, files hold, the feed carries and views draw.
 * Keys and messages are lowercase hex, values base64, addresses multiaddr
 * text, peers base58btc ids. Times as in `DhtEvent`: `at` is wall time in
 * milliseconds since the epoch, `monotonicMs` what durations are taken from.
 */
export const hexSchema = z.string().regex(/^([0-9a-f]{2})*$/, 'expected lowercase hex')
const base64Schema = z.base64()
const peerSchema = z.string().min(1).max(128)

export const operationKinds = [
  'FIND_PEER',
  'CLOSEST_PEERS',
  'GET_VALUE',
  'PUT_VALUE',
  'PROVIDE',
  'FIND_PROVIDERS',
  'REFRESH',
  'CORRECTION',
] as const
export const operationKindSchema = z.enum(operationKinds)
export type OperationKind = z.infer<typeof operationKindSchema>

export const messageTypes = [
  'PUT_VALUE',
  'GET_VALUE',
  'ADD_PROVIDER',
  'GET_PROVIDERS',
  'FIND_NODE',
  'PING',
] as const
export const messageTypeSchema = z.enum(messageTypes)
export type MessageType = z.infer<typeof messageTypeSchema>

export const requestFailureSchema = z.enum([
  'dial',
  'no-address',
  'unsupported',
  'timeout',
  'reset',
  'invalid',
  'cancelled',
])
export type RequestFailure = z.infer<typeof requestFailureSchema>

export const endReasonSchema = z.enum([
  'converged',
  'starved',
  'stopped',
  'cancelled',
  'timeout',
  'limit',
  'refused',
  'local',
  'failed',
])

export const inboundOutcomeSchema = z.enum(['ok', 'rejected', 'limited', 'malformed', 'aborted', 'error'])
export type InboundOutcome = z.infer<typeof inboundOutcomeSchema>

export const timingSchema = z.object({
  dialMs: z.number(),
  negotiateMs: z.number(),
  waitMs: z.number(),
  decodeMs: z.number(),
})
export type Timing = z.infer<typeof timingSchema>

export const countsSchema = z.object({
  heard: z.number(),
  asked: z.number(),
  replied: z.number(),
  failed: z.number(),
  slow: z.number(),
  stored: z.number(),
  hops: z.number(),
})

const timed = { at: z.number(), monotonicMs: z.number() }
const ofOperation = { ...timed, operationId: z.number().int() }

const operationStarted = z.object({
  type: z.literal('operation:started'),
  ...ofOperation,
  kind: operationKindSchema,
  key: hexSchema,
  target: hexSchema,
  k: z.number(),
  alpha: z.number(),
  beta: z.number(),
  parentId: z.number().int().optional(),
})
const lookupSeeded = z.object({
  type: z.literal('lookup:seeded'),
  ...ofOperation,
  seeds: z.array(
    z.object({
      peer: peerSchema,
      key: hexSchema,
      from: z.enum(['table', 'cache', 'connected', 'peer-store', 'given']),
    }),
  ),
})
const lookupPhase = z.object({
  type: z.literal('lookup:phase'),
  ...ofOperation,
  phase: z.enum(['search', 'follow-up', 'stragglers']),
})
const lookupSlow = z.object({
  type: z.literal('lookup:slow'),
  ...ofOperation,
  rpcId: z.number().int(),
  peer: peerSchema,
  softDeadlineMs: z.number(),
})
const valueSeen = z.object({
  type: z.literal('value:seen'),
  ...ofOperation,
  rpcId: z.number().int().optional(),
  peer: peerSchema,
  value: base64Schema,
  rejected: z.string().optional(),
})
const valueSelected = z.object({
  type: z.literal('value:selected'),
  ...ofOperation,
  value: base64Schema,
  holders: z.number(),
  of: z.number(),
  reason: z.string(),
})
const providerFound = z.object({
  type: z.literal('provider:found'),
  ...ofOperation,
  rpcId: z.number().int().optional(),
  from: peerSchema,
  provider: peerSchema,
  addrs: z.array(z.string()),
})
const storeAnswered = z.object({
  type: z.literal('store:answered'),
  ...ofOperation,
  rpcId: z.number().int(),
  peer: peerSchema,
  ok: z.boolean(),
  failure: z.union([requestFailureSchema, z.enum(['rejected', 'mismatch'])]).optional(),
  message: z.string().optional(),
})
const operationEnded = z.object({
  type: z.literal('operation:ended'),
  ...ofOperation,
  reason: endReasonSchema,
  durationMs: z.number(),
  closest: z.array(peerSchema),
  counts: countsSchema,
  result: z.string(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})
const rpcSent = z.object({
  type: z.literal('rpc:sent'),
  ...timed,
  rpcId: z.number().int(),
  operationId: z.number().int().optional(),
  purpose: z.enum(['lookup', 'store', 'probe', 'liveness', 'manual', 'correction']),
  peer: peerSchema,
  peerKey: hexSchema,
  messageType: messageTypeSchema,
  key: hexSchema,
  cause: peerSchema.optional(),
  hop: z.number().int().optional(),
})
const rpcReplied = z.object({
  type: z.literal('rpc:replied'),
  ...timed,
  rpcId: z.number().int(),
  operationId: z.number().int().optional(),
  peer: peerSchema,
  messageType: messageTypeSchema,
  timing: timingSchema,
  durationMs: z.number(),
  address: z.string().optional(),
  heard: z.array(z.object({ peer: peerSchema, key: hexSchema, isNew: z.boolean() })),
  dropped: z.number(),
  hasRecord: z.boolean(),
  providers: z.number(),
  late: z.boolean(),
  requestSizeBytes: z.number(),
  replySizeBytes: z.number(),
  /** Present within the recorder's byte budget, and never in the live feed. */
  request: hexSchema.optional(),
  reply: hexSchema.optional(),
})
const rpcFailed = z.object({
  type: z.literal('rpc:failed'),
  ...timed,
  rpcId: z.number().int(),
  operationId: z.number().int().optional(),
  peer: peerSchema,
  messageType: messageTypeSchema,
  failure: requestFailureSchema,
  message: z.string(),
  timing: timingSchema,
  durationMs: z.number(),
  requestSizeBytes: z.number(),
  request: hexSchema.optional(),
})
const rpcInbound = z.object({
  type: z.literal('rpc:inbound'),
  ...timed,
  rpcId: z.number().int(),
  peer: peerSchema,
  peerKey: hexSchema,
  messageType: z.union([messageTypeSchema, z.literal('UNKNOWN')]),
  key: hexSchema.optional(),
  outcome: inboundOutcomeSchema,
  reason: z.string().optional(),
  durationMs: z.number(),
  requestSizeBytes: z.number(),
  replySizeBytes: z.number(),
  request: hexSchema.optional(),
  reply: hexSchema.optional(),
})

/** Every event a trace or the RPC log is made of. */
export const traceEventSchema = z.discriminatedUnion('type', [
  operationStarted,
  lookupSeeded,
  lookupPhase,
  lookupSlow,
  valueSeen,
  valueSelected,
  providerFound,
  storeAnswered,
  operationEnded,
  rpcSent,
  rpcReplied,
  rpcFailed,
  rpcInbound,
])
export type TraceEvent = z.infer<typeof traceEventSchema>
export type TraceEventOf<T extends TraceEvent['type']> = Extract<TraceEvent, { type: T }>
