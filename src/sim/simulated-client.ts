import type { UntimedDhtEvent } from '../dht/events.ts'
import type { DhtContext } from '../dht/operations/context.ts'
import { Requests } from '../dht/operations/requests.ts'
import { DEFAULT_SETTINGS, type DhtSettings } from '../dht/operations/settings.ts'
import type { Peer } from '../dht/peer.ts'
import { NamespacedValidator } from '../dht/records/namespaced-validator.ts'
import type { Validator } from '../dht/records/validator.ts'
import { MemoryProviderStorage } from '../dht/stores/memory-provider-storage.ts'
import { MemoryValueStorage } from '../dht/stores/memory-value-storage.ts'
import { madeUpPeer } from './made-up-peers.ts'
import { SimulatedNetwork } from './simulated-network.ts'
import type { World } from './world.ts'

export interface ClientOptions {
  /** Peers its routing table begins with. */
  known: readonly Peer[]
  settings?: Partial<DhtSettings>
  validator?: Validator
  publish?: (event: UntimedDhtEvent) => void
}

/** A node of a world from inside: what the operations of `dht/operations` take. */
export interface SimulatedClient extends DhtContext {
  network: SimulatedNetwork
}

/** Adds a client to a world: the real operations over a simulated network. */
export function simulatedClient(world: World, options: ClientOptions): SimulatedClient {
  const { known, validator = new NamespacedValidator(), publish = () => {} } = options
  const { clock, random } = world
  const settings = { ...DEFAULT_SETTINGS, ...options.settings }
  const self = world.add(madeUpPeer(random), 'client').peer
  const network = new SimulatedNetwork(self, world, random.fork(self.id))
  const table = world.emptyTable(self)
  for (const peer of known) table.add(peer, 'manual', 'live')
  const admission = { offer: (peer: Peer) => void table.add(peer, 'lookup', 'live') }
  const requests = new Requests({ network, clock, table, admission, publish, settings, peerOf: world.peerOf })
  const storage = { clock, localId: self.id, localKey: self.key, publish }
  let operationId = 0
  return {
    network,
    clock,
    random,
    table,
    requests,
    values: new MemoryValueStorage(storage),
    providers: new MemoryProviderStorage(storage),
    validator,
    publish,
    settings,
    nextOperationId: () => ++operationId,
  }
}
