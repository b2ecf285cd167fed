import type { DhtEvent, UntimedDhtEvent } from '../../../src/dht/events.ts'
import type { MaintenanceContext } from '../../../src/dht/maintenance/task.ts'
import { Requests } from '../../../src/dht/operations/requests.ts'
import type { DhtSettings } from '../../../src/dht/operations/settings.ts'
import type { Peer } from '../../../src/dht/peer.ts'
import { toPeerId } from '../../../src/dht/peer.ts'
import { RoutingTable } from '../../../src/dht/routing-table/routing-table.ts'
import { simulatedClient } from '../../../src/sim/simulated-client.ts'
import { World, type WorldOptions } from '../../../src/sim/world.ts'

export interface MaintenanceNodeOptions extends Partial<WorldOptions> {
  /** Peers of the table at the beginning, of the world's live ones. Default none. */
  known?: number
  settings?: Partial<DhtSettings>
}

/** A node of a simulated world with the whole table, as maintenance sees it. */
export function maintenanceNode({ known = 0, settings, ...options }: MaintenanceNodeOptions = {}) {
  const events: UntimedDhtEvent[] = []
  const publish = (event: UntimedDhtEvent) => void events.push(event)
  const world = new World({ seed: 1, servers: 100, k: 5, ...options })
  const client = simulatedClient(world, {
    known: [],
    publish,
    settings: { k: 5, alpha: 3, ...settings },
    ...(options.validator !== undefined && { validator: options.validator }),
  })
  const { clock } = world
  const { network } = client
  const table = new RoutingTable(toPeerId(network.self), undefined, { bucketSize: 5, clock, publish })
  const admission = { offer: (peer: Peer) => void table.add(peer, 'lookup', 'live') }
  const requests = new Requests({
    network,
    clock,
    table,
    admission,
    publish,
    settings: client.settings,
    peerOf: world.peerOf,
  })
  for (const peer of world.live.peers.slice(0, known)) table.add(peer, 'manual', 'live')
  const context: MaintenanceContext = { ...client, table, requests }
  const eventsOf = <T extends DhtEvent['type']>(type: T) =>
    events.filter((event): event is Extract<UntimedDhtEvent, { type: T }> => event.type === type)
  return { world, clock, context, table, network, events, eventsOf, publish }
}

/** A signal nobody aborts. */
export const neverAborted = new AbortController().signal
