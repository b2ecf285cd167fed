export {
  acceptAllAddresses,
  localAddressesOnly,
  type MultiaddrFilter,
  publicAddressesOnly,
} from './address-filter.ts'
export type { Clock } from './clock.ts'
export { DHTMode } from './dht-mode.ts'
export type { DhtOperations, StartedOperation, Watched } from './dht-operations.ts'
export type { Diagnostics } from './diagnostics.ts'
export {
  CancelledError,
  DhtError,
  InvalidArgumentError,
  InvalidRecordError,
  InvalidRecordTypeError,
  NotAvailableError,
  OlderRecordError,
} from './errors.ts'
export type { EventListener } from './event-hub.ts'
export type * from './events.ts'
export type { Host, HostComponents } from './host.ts'
export { type CallOptions, KadDHT } from './kad-dht.ts'
export type { KadDHTOptions, ServerLimits, Stores } from './kad-dht-options.ts'
export * from './key.ts'
export { type KeyInput, peerIdBytesOf, providerKeyOf, recordKeyOf } from './key-input.ts'
export { bytesToMultibase, InvalidMultibaseError, type MultibaseName, multibaseToBytes } from './multibase.ts'
export type { ClosestPeersOptions, ClosestPeersResult } from './operations/closest-peers.ts'
export type { FindPeerOptions, FindPeerResult } from './operations/find-peer.ts'
export type { FindProvidersOptions, FindProvidersResult, FoundProvider } from './operations/find-providers.ts'
export type { GetValueOptions, GetValueResult } from './operations/get-value.ts'
export type { ProvideOptions, ProvideResult } from './operations/provide.ts'
export type { PutValueOptions, PutValueResult } from './operations/put-value.ts'
export { DEFAULT_SETTINGS, type DhtSettings } from './operations/settings.ts'
export type { PeerStoreResult } from './operations/store-at-peers.ts'
export {
  type Peer,
  type PeerInfo,
  peerFromBytes,
  peerFromId,
  peerFromInfo,
  toPeerId,
  toPeerInfo,
} from './peer.ts'
export { PeerRouting } from './peer-routing.ts'
export { ipnsKey, ipnsValidator, makeIpnsRecord } from './records/ipns.ts'
export { NamespacedValidator } from './records/namespaced-validator.ts'
export { pkKey, pkValidator } from './records/pk.ts'
export type { Validator } from './records/validator.ts'
export { KBucket } from './routing-table/k-bucket.ts'
export { RoutingTable } from './routing-table/routing-table.ts'
export type { TableEntry } from './routing-table/table-entry.ts'
export { type KadDHTService, type KadDHTServiceInit, kadDHT } from './service.ts'
export { maybeConsumeSignedRecord } from './signed-peer-record.ts'
export { ProviderRecord } from './stores/provider-record.ts'
export type * from './stores/provider-storage.ts'
export { ProviderStore } from './stores/provider-store.ts'
export type * from './stores/value-storage.ts'
export { ValueStore } from './stores/value-store.ts'
export { decodeMessage, encodeMessage } from './wire/codec.ts'
export { type KadRecord, MessageType, type RpcMessage, type WirePeer } from './wire/message.ts'
