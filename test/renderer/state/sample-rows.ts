import fc from 'fast-check'
import type { FeedBatch, FeedEvent, Snapshot } from '../../../src/shared/feed.ts'
import type { OperationRow, PeerRow, RpcRow } from '../../../src/shared/rows.ts'

export const emptySnapshot: Snapshot = {
  networks: [],
  peers: [],
  operations: [],
  rpcs: [],
  validators: [],
  rates: [],
  log: [],
}

export function peerRow(id: string, changes: Partial<PeerRow> = {}): PeerRow {
  return {
    id,
    key: '00'.repeat(32),
    distance: '00'.repeat(32),
    cpl: 0,
    state: 'live',
    addresses: [],
    protocols: [],
    connected: false,
    addedAt: 0,
    reason: 'lookup',
    strikes: 0,
    ...changes,
  }
}

export function operationRow(id: string, changes: Partial<OperationRow> = {}): OperationRow {
  return {
    id,
    networkId: 'sandbox',
    kind: 'GET_VALUE',
    key: { text: '/note/hello', kind: 'record', hex: '00', target: '00' },
    startedAt: 0,
    outcome: 'ok',
    result: '',
    counts: { heard: 0, asked: 0, replied: 0, failed: 0, slow: 0, stored: 0, hops: 0 },
    ...changes,
  }
}

export function rpcRow(id: string, changes: Partial<RpcRow> = {}): RpcRow {
  return {
    id,
    direction: 'out',
    at: 0,
    type: 'FIND_NODE',
    peer: 'p',
    cpl: 0,
    outcome: 'ok',
    requestSizeBytes: 0,
    replySizeBytes: 0,
    ...changes,
  }
}

export function batch(seq: number, events: FeedEvent[], changes: Partial<FeedBatch> = {}): FeedBatch {
  return {
    feedId: 'f',
    seq,
    backendId: 'b',
    at: seq * 100,
    dropped: 0,
    seen: events.length,
    events,
    ...changes,
  }
}

const id = fc.constantFrom('a', 'b', 'c', 'd')
const time = fc.integer({ min: 0, max: 50 })
const peers = fc.array(
  fc.record({ id, cpl: time }).map((row) => peerRow(row.id, { cpl: row.cpl })),
  { maxLength: 4 },
)
const operations = fc.array(
  fc.record({ id, startedAt: time }).map((row) => operationRow(row.id, { startedAt: row.startedAt })),
  { maxLength: 4 },
)
const rpcs = fc.array(
  fc.record({ id, at: time }).map((row) => rpcRow(row.id, { at: row.at })),
  { maxLength: 4 },
)

/** Any event that changes rows of few ids, so that replacing, removing and adding all occur. */
export const feedEvents: fc.Arbitrary<FeedEvent> = fc.oneof(
  peers.map((rows) => ({ type: 'snapshot:taken', snapshot: { ...emptySnapshot, peers: rows } }) as const),
  fc.record({ type: fc.constant('peers:changed' as const), changed: peers, removed: fc.array(id) }),
  operations.map((rows) => ({ type: 'operations:changed', rows }) as const),
  rpcs.map((rows) => ({ type: 'rpcs:seen', rows }) as const),
  fc.constantFrom('sandbox', 'lan').map((activeNetworkId) => ({
    type: 'networks:changed' as const,
    networks: [],
    activeNetworkId,
  })),
  time.map((seq) => ({
    type: 'log:written' as const,
    rows: [{ seq, at: seq, level: 'info' as const, area: 'rpc', text: String(seq) }],
  })),
)
