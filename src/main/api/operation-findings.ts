import type { ClosestPeersResult } from '../../dht/operations/closest-peers.ts'
import type { FindPeerResult } from '../../dht/operations/find-peer.ts'
import type { FindProvidersResult } from '../../dht/operations/find-providers.ts'
import type { GetValueResult } from '../../dht/operations/get-value.ts'
import type { PeerStoreResult } from '../../dht/operations/store-at-peers.ts'
import type { Peer } from '../../dht/peer.ts'
import type { OperationResult } from '../../shared/contract.ts'
import { addressText, base64Text } from '../traces/event-text.ts'

/** What an operation came to, without its row. */
export type OperationFindings = Omit<OperationResult, 'operation'>

/** Results of the node's operations as text, by kind. */
export const findings = {
  closestPeers: ({ peers }: ClosestPeersResult): OperationFindings => ({ closest: peers.map(foundPeer) }),

  findPeer: ({ peer, closest }: FindPeerResult): OperationFindings => ({
    closest: closest.map(foundPeer),
    ...(peer !== undefined && { peer: foundPeer(peer) }),
  }),

  getValue: ({ value, values, closest }: GetValueResult): OperationFindings => ({
    closest: closest.map(foundPeer),
    ...(value !== undefined && { value: base64Text(value) }),
    values: values.map((seen) => ({ ...seen, value: base64Text(seen.value) })),
  }),

  store: ({ peers }: { peers: readonly PeerStoreResult[] }): OperationFindings => ({
    closest: peers.map(({ peer }) => foundPeer(peer)),
    stored: peers.map(({ peer, ...answer }) => ({ peer: peer.id, ...answer })),
  }),

  findProviders: ({ providers, closest }: FindProvidersResult): OperationFindings => ({
    closest: closest.map(foundPeer),
    providers: providers.map(({ peer, namedBy }) => ({ ...foundPeer(peer), namedBy })),
  }),
}

function foundPeer({ id, addrs }: Peer): { id: string; addresses: string[] } {
  return { id, addresses: addrs.map(addressText) }
}
