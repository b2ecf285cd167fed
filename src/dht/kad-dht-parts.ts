import { acceptAllAddresses } from './address-filter.ts'
import type { Clock } from './clock.ts'
import { CurrentValidator } from './current-validator.ts'
import { EventHub } from './event-hub.ts'
import type { Host } from './host.ts'
import { type KadDHTOptions, protocolOf, type Stores } from './kad-dht-options.ts'
import type { MaintenanceContext } from './maintenance/task.ts'
import { findNode } from './operations/closest-peers.ts'
import { Requests } from './operations/requests.ts'
import { DEFAULT_SETTINGS, type DhtSettings } from './operations/settings.ts'
import { type Peer, peerFromId } from './peer.ts'
import { NamespacedValidator } from './records/namespaced-validator.ts'
import { Admission } from './routing-table/admission.ts'
import { RoutingTable } from './routing-table/routing-table.ts'
import { RequestHandlers } from './rpc/handlers.ts'
import { InboundStreams } from './rpc/inbound-streams.ts'
import { Libp2pNetwork } from './rpc/libp2p-network.ts'
import { RequestLimits } from './rpc/limits.ts'
import { PeerRecords } from './signed-peer-record.ts'
import { MemoryProviderStorage } from './stores/memory-provider-storage.ts'
import { MemoryValueStorage } from './stores/memory-value-storage.ts'
import type { StorageOptions } from './stores/value-storage.ts'
import { systemClock } from './system-clock.ts'
import { systemRandom } from './system-random.ts'

/** What a `KadDHT` is put together from. */
export interface KadDHTParts extends MaintenanceContext {
  hub: EventHub
  network: Libp2pNetwork
  admission: Admission
  validator: CurrentValidator
  inbound: InboundStreams
}

/** Makes the parts and ties them together; nothing runs yet. */
export function makeParts(host: Host, options: KadDHTOptions): KadDHTParts {
  const { clock = systemClock, random = systemRandom, addressFilter = acceptAllAddresses } = options
  const settings: DhtSettings = { ...DEFAULT_SETTINGS, ...options.settings }
  const hub = new EventHub(clock)
  const { publish } = hub
  const protocol = protocolOf(options)
  const network = new Libp2pNetwork({ host, protocol, addressFilter, clock })
  const { diversity } = options
  const table = new RoutingTable(host.peerId, host, {
    bucketSize: settings.k,
    clock,
    publish,
    protocol,
    ...(diversity && { diversity }),
  })
  const requests: Requests = new Requests({
    network,
    clock,
    table,
    publish,
    settings,
    admission: { offer: (peer, reason) => admission.offer(peer, reason) },
  })
  const admission = new Admission({ table, clock, publish, probe: (peer) => probe(requests, network, peer) })
  const validator = makeValidator(options, clock)
  const stores = makeStores(options, host, clock, hub)
  let lastOperationId = 0
  const context = { network, clock, random, table, requests, ...stores, validator, publish, settings }
  return {
    ...context,
    hub,
    admission,
    inbound: makeInbound(host, options, { ...context, addressFilter }),
    nextOperationId: () => ++lastOperationId,
  }
}

/** Asks a peer for ourselves: true when it answers as a server of this protocol. */
async function probe(requests: Requests, network: Pick<Libp2pNetwork, 'self'>, peer: Peer): Promise<boolean> {
  try {
    await requests.send(peer, findNode(network.self.bytes), { purpose: 'probe' })
    return true
  } catch {
    return false
  }
}

function makeValidator(
  { validator, validatorChanged = false, strictValidation }: KadDHTOptions,
  clock: Clock,
): CurrentValidator {
  const current = new CurrentValidator(validator, validatorChanged, clock)
  if (strictValidation !== undefined && current.current instanceof NamespacedValidator) {
    current.current.strictValidation = strictValidation
  }
  if (current.current instanceof NamespacedValidator) current.applyFallbacks()
  return current
}

function makeStores({ stores }: KadDHTOptions, host: Host, clock: Clock, { publish }: EventHub): Stores {
  if (stores !== undefined && typeof stores !== 'function') return stores
  const { id, key } = peerFromId(host.peerId)
  const storage: Required<StorageOptions> = { clock, publish, localId: id, localKey: key }
  return stores?.(storage) ?? inMemory(storage)
}

function inMemory(options: StorageOptions): Stores {
  return { values: new MemoryValueStorage(options), providers: new MemoryProviderStorage(options) }
}

type InboundParts = Pick<
  KadDHTParts,
  'network' | 'clock' | 'table' | 'requests' | 'values' | 'providers' | 'validator' | 'publish' | 'settings'
> & { addressFilter: Libp2pNetwork['addressFilter'] }

function makeInbound(host: Host, options: KadDHTOptions, parts: InboundParts): InboundStreams {
  const { network, clock, publish, settings, requests, addressFilter } = parts
  const { rates, inbound } = options.limits ?? {}
  const { enableValues = true, enableProviders = true, privateKey } = options
  const self = () => network.self
  const handlers = new RequestHandlers({
    ...parts,
    nextRpcId: () => requests.nextRpcId(),
    envelopes: new PeerRecords({ host, clock, addressFilter, self, ...(privateKey && { privateKey }) }),
    ...(rates !== false && { limits: new RequestLimits({ clock, publish, ...(rates && { rates }) }) }),
    settings: {
      enableValues,
      enableProviders,
      k: settings.k,
      valueTtlMs: settings.valueTtlMs,
      providerTtlMs: settings.providerTtlMs,
      providerAddrTtlMs: settings.providerAddrTtlMs,
      maxValueSizeBytes: settings.maxValueBytes,
      maxRecordKeyBytes: settings.maxRecordKeyBytes,
      ...options.server,
    },
  })
  return new InboundStreams({ handlers, clock, publish, ...(inbound && { limits: inbound }) })
}
