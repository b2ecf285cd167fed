import type { Publish, TableReason } from '../dht/events.ts'
import type { MaintenanceContext } from '../dht/maintenance/task.ts'
import { Requests } from '../dht/operations/requests.ts'
import { DEFAULT_SETTINGS, type DhtSettings } from '../dht/operations/settings.ts'
import type { Peer } from '../dht/peer.ts'
import { NamespacedValidator } from '../dht/records/namespaced-validator.ts'
import type { Validator } from '../dht/records/validator.ts'
import { madeUpPeer } from './made-up-peers.ts'
import { SimulatedNetwork } from './simulated-network.ts'
import type { World } from './world.ts'

export interface ClientOptions {
  /** Peers its routing table begins with. */
  known: readonly Peer[]
  settings?: Partial<DhtSettings>
  validator?: Validator
  publish?: Publish
}

/** A node of a world from inside: what the operations and the maintenance of `src/dht` take. */
export interface SimulatedClient extends MaintenanceContext {
  network: SimulatedNetwork
}

/** Adds a client to a world: the real operations over a simulated network. Who answers it enters its table at once. */
export function simulatedClient(world: World, options: ClientOptions): SimulatedClient {
  const { peer } = world.add(madeUpPeer(world.random), 'client')
  const client = nodeContext(world, peer, options, (found) => void client.table.add(found, 'lookup', 'live'))
  for (const known of options.known) client.table.add(known, 'manual', 'live')
  return client
}

/** What a node consists of, servers' answers aside. Peers that answered and are not in the table go to `offer`. */
export function nodeContext(
  world: World,
  self: Peer,
  options: Omit<ClientOptions, 'known'>,
  offer: (peer: Peer, reason: TableReason) => void,
): SimulatedClient {
  const { validator = new NamespacedValidator(), publish = () => {} } = options
  const { clock, random } = world
  const settings = { ...DEFAULT_SETTINGS, ...options.settings }
  const network = new SimulatedNetwork(self, world, random.fork(self.id))
  const table = world.emptyTable(self)
  const { peerOf } = world
  let operationId = 0
  return {
    network,
    clock,
    random,
    table,
    requests: new Requests({ network, clock, table, admission: { offer }, publish, settings, peerOf }),
    ...world.storesOf(self, publish),
    validator,
    publish,
    settings,
    nextOperationId: () => ++operationId,
  }
}
