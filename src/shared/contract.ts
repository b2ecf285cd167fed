import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { feedBatchSchema } from './feed.ts'
import {
  configuredModeSchema,
  keyViewSchema,
  namespaceSchema,
  operationRowSchema,
  peerRowSchema,
  providerRowSchema,
  recordRowSchema,
  rpcRowSchema,
  tableHistoryRowSchema,
  traceIdSchema,
  validatorDefinitionSchema,
  validatorRowSchema,
} from './rows.ts'
import {
  hexSchema,
  messageTypeSchema,
  operationKindSchema,
  requestFailureSchema,
  traceEventSchema,
} from './trace-event.ts'

/**
 * Every command of the application and its feed, over whatever transport. A
 * command answers at once; what comes of it arrives by the feed. Refusals are
 * errors with a stable `code` and a sentence that may be shown as it is.
 * Commands of a network name it: one that does not run any more is refused
 * with `ERR_NETWORK_NOT_RUNNING`.
 */

const ofNetwork = { networkId: z.string().min(1).max(64) }
const keyText = z.string().min(1).max(1024)
const peerText = z.string().min(1).max(128)
const limit = z.number().int().min(1).max(1000).default(200)
const done = z.object({})

/** Bytes as a person gives them. At most 64 KiB of value are accepted by networks. */
export const bytesInputSchema = z.object({
  encoding: z.enum(['utf8', 'hex', 'base64']),
  data: z.string().max(262_144),
})
export type BytesInput = z.infer<typeof bytesInputSchema>

export const appInfoSchema = z.object({
  version: z.string(),
  /** A new one at every start. */
  backendId: z.string(),
  host: z.enum(['electron', 'web', 'cli']),
  /** Folder of the profiles. */
  home: z.string(),
  startedAt: z.number(),
})
export type AppInfo = z.infer<typeof appInfoSchema>

/** A network the user describes. */
export const customNetworkSchema = z.object({
  name: z.string().trim().min(1).max(60),
  protocol: z.string().regex(/^\/[^\s]{1,127}$/, 'A protocol id begins with a slash: /ipfs/kad/1.0.0'),
  /** Multiaddrs that end in `/p2p/<peer id>`. */
  bootstrap: z.array(z.string().min(1).max(512)).max(50),
  k: z.number().int().min(1).max(100).default(20),
  alpha: z.number().int().min(1).max(50).default(16),
  /** Which gossiped addresses may be dialled. */
  addresses: z.enum(['public', 'local', 'all']).default('all'),
  mode: configuredModeSchema.default('SERVER'),
  /** Whether namespaces without a validator are refused. */
  strictNamespaces: z.boolean().default(true),
  /** Whether keys without a namespace are allowed. */
  plainKeys: z.boolean().default(false),
  /** A libp2p swarm key file's text: only nodes with the same key can connect. */
  swarmKey: z.string().max(1024).optional(),
  /** Multiaddrs to listen on. */
  listen: z.array(z.string().min(1).max(512)).min(1).max(20).default(['/ip4/127.0.0.1/tcp/0']),
})
export type CustomNetwork = z.input<typeof customNetworkSchema>

export const parsedKeySchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    key: keyViewSchema,
    namespace: z.string().optional(),
    /** False when a record under this key would be refused for lack of a validator. */
    hasValidator: z.boolean(),
    /** The nearest peers of the routing table, nearest first. */
    nearest: z.array(z.object({ id: z.string(), sharedBits: z.number().int() })),
  }),
  z.object({
    ok: z.literal(false),
    /** What is wrong and what to do. */
    error: z.string(),
    /** A key that was perhaps meant. */
    suggestion: z.string().optional(),
  }),
])
export type ParsedKey = z.infer<typeof parsedKeySchema>

export const operationInputSchema = z.discriminatedUnion('kind', [
  z.object({
    ...ofNetwork,
    kind: z.literal('CLOSEST_PEERS'),
    key: keyText,
    count: z.number().int().min(1).max(200).optional(),
  }),
  z.object({ ...ofNetwork, kind: z.literal('FIND_PEER'), peer: peerText }),
  z.object({
    ...ofNetwork,
    kind: z.literal('GET_VALUE'),
    key: keyText,
    quorum: z.number().int().min(0).max(100).optional(),
  }),
  z.object({ ...ofNetwork, kind: z.literal('PUT_VALUE'), key: keyText, value: bytesInputSchema }),
  z.object({ ...ofNetwork, kind: z.literal('PROVIDE'), key: keyText }),
  z.object({
    ...ofNetwork,
    kind: z.literal('FIND_PROVIDERS'),
    key: keyText,
    count: z.number().int().min(0).max(1000).optional(),
  }),
])
export type OperationInput = z.input<typeof operationInputSchema>

/** A peer with the addresses an operation heard of. */
const foundPeerSchema = z.object({ id: z.string(), addresses: z.array(z.string()) })

/** What an operation came to; fields that its kind does not have are absent. */
export const operationResultSchema = z.object({
  operation: operationRowSchema,
  /** CLOSEST_PEERS and all others: nearest first, each answered. */
  closest: z.array(foundPeerSchema),
  /** FIND_PEER. */
  peer: foundPeerSchema.optional(),
  /** GET_VALUE: the value selected, base64. */
  value: z.base64().optional(),
  /** GET_VALUE: every distinct value seen. */
  values: z
    .array(z.object({ value: z.base64(), holders: z.array(z.string()), rejected: z.string().optional() }))
    .optional(),
  /** PUT_VALUE, PROVIDE: of each peer. */
  stored: z
    .array(
      z.object({
        peer: z.string(),
        ok: z.boolean(),
        failure: z.union([requestFailureSchema, z.enum(['rejected', 'mismatch'])]).optional(),
        message: z.string().optional(),
      }),
    )
    .optional(),
  /** FIND_PROVIDERS. */
  providers: z.array(foundPeerSchema.extend({ namedBy: z.array(z.string()) })).optional(),
})
export type OperationResult = z.infer<typeof operationResultSchema>

export const traceSchema = z.object({
  operation: operationRowSchema,
  /** In the order they happened; what `trace:grew` adds begins at `events.length`. */
  events: z.array(traceEventSchema),
})
export type Trace = z.infer<typeof traceSchema>

export const exportFormatSchema = z.enum(['ndjson', 'json', 'csv', 'chrome-trace'])
export type ExportFormat = z.infer<typeof exportFormatSchema>

export const peerDetailSchema = z.object({
  id: z.string(),
  key: hexSchema,
  /** Its row in the routing table or a replacement cache; absent when it is in neither. */
  row: peerRowSchema.optional(),
  agent: z.string().optional(),
  protocols: z.array(z.string()),
  addresses: z.array(z.string()),
  connections: z.array(
    z.object({
      direction: z.enum(['inbound', 'outbound']),
      address: z.string(),
      openedAt: z.number(),
      streams: z.number().int(),
    }),
  ),
})
export type PeerDetail = z.infer<typeof peerDetailSchema>

/** A value to try a validator on. */
export const validatorSampleSchema = z.object({ key: keyText, value: bytesInputSchema })

export const validatorTestResultSchema = z.object({
  /** Absent when it compiles; else why not, with line and column where known. */
  compileError: z.string().optional(),
  samples: z.array(
    z.object({
      ok: z.boolean(),
      /** Why it was rejected. */
      reason: z.string().optional(),
      durationMs: z.number(),
    }),
  ),
  /** Index of the sample `select` chooses among those accepted that share the first one's key; absent with none. */
  selected: z.number().int().optional(),
  /** Why `select` failed. */
  selectError: z.string().optional(),
})
export type ValidatorTestResult = z.infer<typeof validatorTestResultSchema>

const ofPeer = { ...ofNetwork, id: peerText }

export const contract = {
  app: {
    info: oc.output(appInfoSchema),
  },
  feed: {
    /** Begins with `snapshot:taken`; ends when the client goes. */
    subscribe: oc.output(eventIterator(feedBatchSchema)),
    /** At most `MAX_UNACKNOWLEDGED` batches are on their way at a time. */
    acknowledge: oc.input(z.object({ feedId: z.string(), seq: z.number().int() })).output(done),
    /** Asks for another `snapshot:taken`, after a gap. */
    resync: oc.input(z.object({ feedId: z.string() })).output(done),
    /** The traces whose events this feed carries, in place of the ones before. */
    watch: oc.input(z.object({ feedId: z.string(), traceIds: z.array(traceIdSchema).max(20) })).output(done),
  },
  networks: {
    /** Leaves the network that runs and starts this one. How it goes arrives by `networks:changed`. */
    join: oc.input(z.object(ofNetwork)).output(done),
    leave: oc.input(z.object(ofNetwork)).output(done),
    addCustom: oc.input(customNetworkSchema).output(z.object({ networkId: z.string() })),
    /** Of a custom network; its profile folder stays. */
    remove: oc.input(z.object(ofNetwork)).output(done),
  },
  node: {
    setMode: oc.input(z.object({ ...ofNetwork, mode: configuredModeSchema })).output(done),
    /** Looks up keys of every bucket and our own; each lookup appears as an operation. */
    refresh: oc.input(z.object(ofNetwork)).output(done),
  },
  peers: {
    get: oc.input(z.object(ofPeer)).output(peerDetailSchema),
    /** By libp2p's ping protocol. */
    ping: oc.input(z.object(ofPeer)).output(z.object({ rttMs: z.number() })),
    /** One request, outside any lookup; the row appears in the RPC log. */
    request: oc
      .input(z.object({ ...ofPeer, type: messageTypeSchema, key: keyText.optional() }))
      .output(z.object({ rpcId: traceIdSchema, ok: z.boolean(), message: z.string() })),
    /** Dials a multiaddr that ends in `/p2p/<peer id>`. */
    dial: oc
      .input(z.object({ ...ofNetwork, address: z.string().min(1).max(512) }))
      .output(z.object({ id: z.string() })),
    remove: oc.input(z.object(ofPeer)).output(done),
    /** Removes it, and keeps it out until the node is restarted. */
    block: oc.input(z.object(ofPeer)).output(done),
  },
  table: {
    /** Oldest first. */
    history: oc
      .input(
        z.object({
          ...ofNetwork,
          from: z.number().optional(),
          to: z.number().optional(),
          afterSeq: z.number().int().optional(),
          limit: z.number().int().min(1).max(50_000).default(5000),
        }),
      )
      .output(z.object({ rows: z.array(tableHistoryRowSchema) })),
  },
  keys: {
    /** Reads a key as a person types it, with what is wrong before anything is sent. */
    parse: oc
      .input(
        z.object({
          ...ofNetwork,
          text: z.string().max(1024),
          as: z.enum(['record', 'provider', 'peer', 'any']),
        }),
      )
      .output(parsedKeySchema),
  },
  operations: {
    /** The id is known at once; the operation's row, trace and end arrive by the feed. */
    start: oc.input(operationInputSchema).output(z.object({ id: traceIdSchema })),
    cancel: oc.input(z.object({ id: traceIdSchema })).output(done),
    /** Waits for its end. */
    result: oc.input(z.object({ id: traceIdSchema })).output(operationResultSchema),
    /** Newest first, older than the row `before`. */
    list: oc
      .input(
        z.object({
          ...ofNetwork,
          before: z.object({ startedAt: z.number(), id: traceIdSchema }).optional(),
          kinds: z.array(operationKindSchema).optional(),
          /** Part of the key's text or the result. */
          text: z.string().max(256).optional(),
          limit,
        }),
      )
      .output(z.object({ rows: z.array(operationRowSchema), hasMore: z.boolean() })),
    trace: oc.input(z.object({ id: traceIdSchema })).output(traceSchema),
    remove: oc.input(z.object({ ids: z.array(traceIdSchema).min(1).max(1000) })).output(done),
    export: oc
      .input(
        z.object({
          ids: z.array(traceIdSchema).min(1).max(1000),
          format: exportFormatSchema,
          /** Replaces peer ids, addresses, keys and values, the same by the same within the file. */
          redact: z.boolean().default(false),
        }),
      )
      .output(z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() })),
  },
  rpcs: {
    /** Newest first. */
    list: oc
      .input(
        z.object({
          ...ofNetwork,
          before: traceIdSchema.optional(),
          peer: peerText.optional(),
          operationId: traceIdSchema.optional(),
          limit,
        }),
      )
      .output(z.object({ rows: z.array(rpcRowSchema) })),
    /** With the messages, as far as they were kept. */
    get: oc
      .input(z.object({ id: traceIdSchema }))
      .output(z.object({ row: rpcRowSchema, request: hexSchema.optional(), reply: hexSchema.optional() })),
  },
  records: {
    /** Live values this node holds, in key order. */
    list: oc
      .input(
        z.object({
          ...ofNetwork,
          namespace: z.string().max(64).optional(),
          after: hexSchema.optional(),
          limit,
        }),
      )
      .output(z.object({ rows: z.array(recordRowSchema), hasMore: z.boolean() })),
    get: oc
      .input(z.object({ ...ofNetwork, key: hexSchema }))
      .output(z.object({ row: recordRowSchema, value: z.base64() })),
    remove: oc
      .input(z.object({ ...ofNetwork, keys: z.array(hexSchema).min(1).max(1000) }))
      .output(z.object({ removed: z.number().int() })),
  },
  providers: {
    /** Live provider records this node holds, in key order. */
    list: oc
      .input(
        z.object({
          ...ofNetwork,
          after: z.object({ key: hexSchema, provider: z.string() }).optional(),
          limit,
        }),
      )
      .output(z.object({ rows: z.array(providerRowSchema), hasMore: z.boolean() })),
    remove: oc.input(z.object({ ...ofNetwork, key: hexSchema, provider: z.string() })).output(done),
  },
  validators: {
    list: oc.input(z.object(ofNetwork)).output(z.object({ rows: z.array(validatorRowSchema) })),
    /** Applies at once to the running node. */
    register: oc
      .input(z.object({ ...ofNetwork, namespace: namespaceSchema, definition: validatorDefinitionSchema }))
      .output(validatorRowSchema),
    setEnabled: oc
      .input(z.object({ ...ofNetwork, namespace: namespaceSchema, enabled: z.boolean() }))
      .output(validatorRowSchema),
    remove: oc.input(z.object({ ...ofNetwork, namespace: namespaceSchema })).output(done),
    /** Runs a definition on samples without registering it. */
    test: oc
      .input(
        z.object({
          ...ofNetwork,
          definition: validatorDefinitionSchema,
          samples: z.array(validatorSampleSchema).max(200),
        }),
      )
      .output(validatorTestResultSchema),
    /** What the validator in force says of a value; what a publish would say before it sends anything. */
    check: oc.input(z.object({ ...ofNetwork, key: keyText, value: bytesInputSchema })).output(
      z.object({
        ok: z.boolean(),
        reason: z.string().optional(),
        namespace: z.string().optional(),
        durationMs: z.number(),
      }),
    ),
  },
}
