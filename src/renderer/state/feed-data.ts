import type { FeedEvent } from '../../shared/feed.ts'
import type {
  HealthRow,
  LogRow,
  NodeRow,
  OperationRow,
  RatePoint,
  RpcRow,
  StoreStats,
  TableHistoryRow,
  ValidatorRow,
} from '../../shared/rows.ts'
import { reduceHistory } from './history.ts'
import { reduceLog } from './log.ts'
import { type NetworksSlice, noNetworks, reduceNetworks } from './networks.ts'
import { type Notice, reduceNotices } from './notices.ts'
import { reduceOperations } from './operations.ts'
import { noPeers, type PeersSlice, reducePeers } from './peers.ts'
import { reduceRates } from './rates.ts'
import { reduceRpcs } from './rpcs.ts'
import { noStoreChanges, reduceStoreChanges, type StoreChangesSlice } from './store-changes.ts'
import { noTraces, reduceTraces, type TracesSlice } from './traces.ts'

/** What the feed has told, a slice per subject. All but networks, log and notices are of the active network. */
export interface FeedData {
  readonly networks: NetworksSlice
  readonly node: NodeRow | undefined
  /** Routing table and replacement caches, by peer id. */
  readonly peers: PeersSlice
  readonly health: HealthRow | undefined
  /** Newest first, the latest 1,000. */
  readonly operations: readonly OperationRow[]
  /** Oldest first by when they began, the latest 200,000. */
  readonly rpcs: readonly RpcRow[]
  readonly store: StoreStats | undefined
  /** What changed in the stores since the snapshot. */
  readonly storeChanges: StoreChangesSlice
  readonly validators: readonly ValidatorRow[]
  /** Oldest first, up to an hour. */
  readonly rates: readonly RatePoint[]
  /** Oldest first, the latest 2,000. */
  readonly log: readonly LogRow[]
  /** Changes of the routing table since the page was opened, oldest first, the latest 20,000. */
  readonly history: readonly TableHistoryRow[]
  /** Traces that a view watches. */
  readonly traces: TracesSlice
  readonly notices: readonly Notice[]
}

/** Nothing has been told yet. */
export const noFeedData: FeedData = {
  networks: noNetworks,
  node: undefined,
  peers: noPeers,
  health: undefined,
  operations: [],
  rpcs: [],
  store: undefined,
  storeChanges: noStoreChanges,
  validators: [],
  rates: [],
  log: [],
  history: [],
  traces: noTraces,
  notices: [],
}

/** The data after one more event. Pure; slices the event does not touch stay the same objects. */
export function reduceFeedData(before: FeedData, event: FeedEvent): FeedData {
  const data = leavesNetwork(before, event) ? withoutNetwork(before) : before
  return {
    networks: reduceNetworks(data.networks, event),
    node: reduceNode(data.node, event),
    peers: reducePeers(data.peers, event),
    health: reduceHealth(data.health, event),
    operations: reduceOperations(data.operations, event),
    rpcs: reduceRpcs(data.rpcs, event),
    store: reduceStore(data.store, event),
    storeChanges: reduceStoreChanges(data.storeChanges, event),
    validators: reduceValidators(data.validators, event),
    rates: reduceRates(data.rates, event),
    log: reduceLog(data.log, event),
    history: reduceHistory(data.history, event),
    traces: reduceTraces(data.traces, event),
    notices: reduceNotices(data.notices, event),
  }
}

/** What was known of one network says nothing of the next. */
function leavesNetwork(data: FeedData, event: FeedEvent): boolean {
  return event.type === 'networks:changed' && event.activeNetworkId !== data.networks.activeId
}

function withoutNetwork({ networks, log, notices }: FeedData): FeedData {
  return { ...noFeedData, networks, log, notices }
}

function reduceNode(node: NodeRow | undefined, event: FeedEvent): NodeRow | undefined {
  if (event.type === 'snapshot:taken') return event.snapshot.node
  return event.type === 'node:changed' ? event.node : node
}

function reduceHealth(health: HealthRow | undefined, event: FeedEvent): HealthRow | undefined {
  if (event.type === 'snapshot:taken') return event.snapshot.health
  return event.type === 'health:changed' ? event.health : health
}

function reduceStore(store: StoreStats | undefined, event: FeedEvent): StoreStats | undefined {
  if (event.type === 'snapshot:taken') return event.snapshot.store
  return event.type === 'store:changed' ? event.stats : store
}

function reduceValidators(rows: readonly ValidatorRow[], event: FeedEvent): readonly ValidatorRow[] {
  if (event.type === 'snapshot:taken') return event.snapshot.validators
  return event.type === 'validators:changed' ? event.rows : rows
}
