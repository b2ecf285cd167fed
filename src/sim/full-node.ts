import { type MaintenanceOptions, makeMaintenance } from '../dht/maintenance/maintenance.ts'
import type { Scheduler } from '../dht/maintenance/scheduler.ts'
import { findNode } from '../dht/operations/closest-peers.ts'
import type { Peer } from '../dht/peer.ts'
import { Admission } from '../dht/routing-table/admission.ts'
import type { HandledRequest } from '../dht/rpc/handlers.ts'
import { RequestLimits } from '../dht/rpc/limits.ts'
import { madeUpPeer } from './made-up-peers.ts'
import { type ClientOptions, nodeContext, type SimulatedClient } from './simulated-client.ts'
import type { Behaviour, Responder, SimulatedNode } from './simulated-node.ts'
import type { World } from './world.ts'

export interface FullNodeOptions extends Omit<ClientOptions, 'known'> {
  /** How it looks after itself, as `KadDHT` does. */
  maintenance?: MaintenanceOptions
  /** True: it limits the requests of others, with the rates of `KadDHT`. Default false. */
  isLimiting?: boolean
}

/**
 * A whole node in a world: it asks, answers, admits peers after a probe, keeps
 * its table, and publishes again what it published. `KadDHT` without libp2p.
 */
export class FullNode {
  readonly context: SimulatedClient
  readonly node: SimulatedNode
  readonly #world: World
  readonly #admission: Admission
  readonly #maintenance: Scheduler
  #bootstrap: readonly Peer[] = []

  constructor(world: World, options: FullNodeOptions = {}) {
    this.#world = world
    this.node = world.add(madeUpPeer(world.random), 'honest')
    this.context = nodeContext(world, this.peer, options, (peer, reason) =>
      this.#admission.offer(peer, reason),
    )
    const { table, clock, publish } = this.context
    this.#admission = new Admission({ table, clock, publish, probe: (peer) => this.#probe(peer) })
    this.#maintenance = makeMaintenance(this.context, {
      ...options.maintenance,
      refresh: { ...options.maintenance?.refresh, findBootstrapPeers: async () => this.#bootstrap },
    })
    const responder = this.#makeResponder(options.isLimiting ?? false)
    this.node.responder = () => responder
  }

  get peer(): Peer {
    return this.node.peer
  }

  /** Begins to serve and to look after itself, with `bootstrap` to ask first. */
  start(bootstrap: readonly Peer[]): void {
    this.#bootstrap = bootstrap
    this.#maintenance.start()
  }

  /** It is gone; others find it as `behaviour` says. Resolves when nothing of it is left on the clock. */
  async leave(behaviour: Behaviour): Promise<void> {
    this.node.behaviour = behaviour
    this.#admission.stop()
    this.context.requests.stop()
    await this.#maintenance.stop()
  }

  async #probe(peer: Peer): Promise<boolean> {
    await this.context.requests.send(peer, findNode(this.peer.bytes), { purpose: 'probe' })
    return true
  }

  #makeResponder(isLimiting: boolean): Responder {
    const { table, values, providers, clock, publish } = this.context
    const handlers = this.#world.handlersOf(this.peer, {
      table,
      values,
      providers,
      ...(isLimiting && { limits: new RequestLimits({ clock, publish }) }),
    })
    return {
      handle: (from: Peer, requestBytes: Uint8Array): Promise<HandledRequest> => {
        this.#meet(from)
        return handlers.handle(from, requestBytes)
      },
    }
  }

  /** Identify tells a libp2p node which of those who connect serve the protocol. */
  #meet(from: Peer): void {
    if (this.#world.find(from.id)?.isServing && this.context.table.entry(from.id) === undefined) {
      this.#admission.offer(from, 'probe')
    }
  }
}
