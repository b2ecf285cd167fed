import { findBootstrapPeers, parseBootstrap } from './bootstrap-peers.ts'
import type { DHTMode } from './dht-mode.ts'
import { DhtOperations, type Feature } from './dht-operations.ts'
import { NotAvailableError } from './errors.ts'
import type { DhtEvent } from './events.ts'
import type { Host } from './host.ts'
import type { KadDHTOptions } from './kad-dht-options.ts'
import type { KadDHTParts } from './kad-dht-parts.ts'
import { type MaintenanceOptions, makeMaintenance } from './maintenance/maintenance.ts'
import type { Scheduler } from './maintenance/scheduler.ts'
import { ServingMode } from './serving-mode.ts'

/** Pause before a table that lost its last peer is filled anew. */
const REFILL_MS = 1_000

/** Starts and stops the parts of a node, in an order in which none misses another. */
export class Lifecycle {
  readonly serving: ServingMode
  readonly maintenance: Scheduler
  readonly operations: DhtOperations
  readonly #parts: KadDHTParts
  readonly #options: KadDHTOptions
  #isStarted = false
  #unsubscribe = () => {}
  /** Starts and stops run one after the other. */
  #change: Promise<void> = Promise.resolve()

  /** Throws `InvalidArgumentError` for a bootstrap address that is none. */
  constructor(host: Host, mode: DHTMode, parts: KadDHTParts, options: KadDHTOptions) {
    const { hub, network, inbound, publish } = parts
    this.#parts = parts
    this.#options = options
    this.operations = new DhtOperations({ context: parts, hub, check: (feature) => this.check(feature) })
    this.maintenance = makeMaintenance(parts, maintenanceOptions(host, options))
    this.serving = new ServingMode(mode, {
      host,
      protocol: network.protocol,
      onStream: (stream, connection) => inbound.handle(stream, connection),
      resetStreams: () => inbound.stop(),
      self: () => network.self,
      publish,
    })
  }

  get isStarted(): boolean {
    return this.#isStarted
  }

  /** Throws `NotAvailableError` when the node is stopped, or was made without what is asked for. */
  check(feature: Feature): void {
    const { enableValues = true, enableProviders = true } = this.#options
    if (!this.#isStarted) throw new NotAvailableError('The node is stopped. Start it first.')
    if ((feature === 'values' && !enableValues) || (feature === 'providers' && !enableProviders)) {
      throw new NotAvailableError(`This node was made without ${feature}.`)
    }
  }

  /** Harmless when started. When it fails, nothing is left running. */
  start(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#isStarted) return
      try {
        await this.#start()
      } catch (error) {
        await this.#stop()
        throw error
      }
    })
  }

  /** Harmless when stopped. */
  stop(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#isStarted) await this.#stop()
    })
  }

  async #start(): Promise<void> {
    const { admission, hub, network, requests, table } = this.#parts
    requests.start()
    admission.start()
    this.#unsubscribe = hub.subscribe((event) => this.#onEvent(event))
    await network.start({
      onServer: (peer) => admission.offer(peer, 'probe'),
      onNotServer: (id) => void table.remove(id, 'not-server'),
    })
    await this.serving.start()
    this.#isStarted = true
    for (const peer of this.#options.restored ?? []) admission.offer(peer, 'restored')
    this.maintenance.start()
  }

  /** First nobody may begin anything more, then what is under way ends, then the ground goes. */
  async #stop(): Promise<void> {
    const { admission, network, requests } = this.#parts
    this.#isStarted = false
    this.#unsubscribe()
    admission.stop()
    await Promise.all([this.maintenance.stop(), this.operations.stop(), this.serving.stop()])
    requests.stop()
    network.stop()
  }

  #enqueue(change: () => Promise<void>): Promise<void> {
    const changed = this.#change.then(change)
    this.#change = changed.catch(() => {})
    return changed
  }

  /** The first peer leads to others; who lost the last one begins again. */
  #onEvent(event: DhtEvent): void {
    const { table } = this.#parts
    if (event.type === 'table:added' && event.reason !== 'lookup' && table.size() === 1) {
      this.maintenance.hasten('refresh')
    } else if (event.type === 'table:removed' && table.size() === 0) {
      this.maintenance.hasten('refresh', REFILL_MS)
    }
  }
}

function maintenanceOptions(host: Host, options: KadDHTOptions): MaintenanceOptions {
  const { enableRandomWalk = false, maintainTable = true, republishIntervalMs } = options
  const { refreshIntervalMs, livenessAfterMs } = options
  const bootstrap = parseBootstrap(options.bootstrap ?? [])
  return {
    enableRandomWalk,
    maintainTable,
    refresh: {
      ...(refreshIntervalMs !== undefined && { intervalMs: refreshIntervalMs }),
      findBootstrapPeers: (signal) => findBootstrapPeers(host, bootstrap, signal),
    },
    ...(livenessAfterMs !== undefined && { liveness: { unheardMs: livenessAfterMs } }),
    ...(republishIntervalMs !== undefined && { republishIntervalMs }),
  }
}
