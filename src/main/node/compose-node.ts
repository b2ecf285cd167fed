import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { createLibp2p } from 'libp2p'
import type { DHTMode } from '../../dht/dht-mode.ts'
import type { EventListener } from '../../dht/event-hub.ts'
import { KadDHT } from '../../dht/kad-dht.ts'
import type { KadDHTOptions } from '../../dht/kad-dht-options.ts'
import type { Peer } from '../../dht/peer.ts'
import type { Validator } from '../../dht/records/validator.ts'
import { systemClock } from '../../dht/system-clock.ts'
import { LanDiscovery } from './lan-discovery.ts'
import { libp2pOptions, type NodeServices } from './libp2p-options.ts'
import { NetworkValidator } from './network-validator.ts'
import { filterOf, type NetworkDefinition } from './networks.ts'
import { skipIdleWrites } from './steady-peer-store.ts'

const PING_INTERVAL_MS = 30_000

export interface ComposeNodeOptions {
  network: NetworkDefinition
  /** The node's identity. */
  privateKey: PrivateKey
  /** Multiaddrs to listen on; none makes a node nobody can dial. Default: the network's. */
  listen?: readonly string[]
  /** Peers to begin with. Default: the network's. */
  bootstrap?: readonly string[]
  /** Default: the network's. */
  mode?: DHTMode
  /** Default: in memory. They are closed by who made them. */
  stores?: NonNullable<KadDHTOptions['stores']>
  /** Peers of the table at the last stop; each is asked before it enters the table. */
  restored?: readonly Peer[]
  /** Default: the network's key policy, with `/pk` and `/ipns`; others are registered with the `KadDHT`. */
  validator?: Validator
  /** Told of every event of the DHT, those of its start too. */
  onEvent?: EventListener
  /** False lifts the limits of requests by peer, which is for measuring only. Default true. */
  rateLimit?: boolean
  /** False: nobody is looked up or asked to keep the table, which the caller fills. Default true. */
  maintainTable?: boolean
  /** How often open connections are pinged, in milliseconds; 0 never. Default 30,000. */
  pingIntervalMs?: number
}

/** A node that runs. */
export interface ComposedNode {
  libp2p: Libp2p<NodeServices>
  dht: KadDHT
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>
}

/** None of the addresses could be listened on. */
export class ListenError extends Error {
  readonly code = 'LISTEN_FAILED'

  constructor(listen: readonly string[], cause: unknown) {
    const isTaken = cause instanceof Error && cause.message.includes('EADDRINUSE')
    const why = isTaken
      ? 'another program uses the port'
      : 'the addresses are not this machine’s, or not allowed'
    super(`Could not listen on ${listen.join(', ')}: ${why}. Choose another address or port.`, { cause })
    this.name = 'ListenError'
  }
}

/**
 * Puts libp2p, its transports and `KadDHT` together and starts them: the one
 * factory of app, Sandbox and bench. Throws `ListenError`.
 */
export async function composeNode(options: ComposeNodeOptions): Promise<ComposedNode> {
  const { network, privateKey, listen = network.listen, pingIntervalMs = PING_INTERVAL_MS } = options
  const { swarmKey } = network
  const discovery = network.mdns ? new LanDiscovery() : undefined
  const libp2p = await createLibp2p<NodeServices>({
    ...libp2pOptions({ privateKey, listen, pingIntervalMs, ...(swarmKey !== undefined && { swarmKey }) }),
    ...(discovery && { peerDiscovery: [discovery.create] }),
    start: false,
  })
  skipIdleWrites(libp2p.peerStore, systemClock.monotonic)
  const dht = new KadDHT(libp2p, options.mode ?? network.mode, dhtOptions(options))
  if (options.onEvent !== undefined) dht.subscribe(options.onEvent)
  await startLibp2p(libp2p, listen)
  try {
    await dht.start()
  } catch (error) {
    await libp2p.stop()
    throw error
  }
  discovery?.connectBy(libp2p)
  return {
    libp2p,
    dht,
    stop: async () => {
      await dht.stop()
      await libp2p.stop()
    },
  }
}

async function startLibp2p(libp2p: Libp2p, listen: readonly string[]): Promise<void> {
  try {
    await libp2p.start()
  } catch (cause) {
    const isListening = cause instanceof Error && cause.name === 'UnsupportedListenAddressesError'
    throw isListening ? new ListenError(listen, cause) : cause
  }
}

/** What the network's data mean to the DHT. */
function dhtOptions(options: ComposeNodeOptions): KadDHTOptions {
  const { network, stores, restored, maintainTable = true, rateLimit = true } = options
  const { protocol, k, alpha, beta, maxCachedSeeds, ttls } = network
  return {
    protocol,
    maintainTable,
    diversity: network.diversity,
    addressFilter: filterOf(network.addressFilter),
    bootstrap: options.bootstrap ?? network.bootstrap,
    privateKey: options.privateKey,
    validator: options.validator ?? new NetworkValidator(network),
    settings: {
      k,
      alpha,
      beta,
      maxCachedSeeds,
      valueTtlMs: ttls.valueMs,
      providerTtlMs: ttls.providerMs,
      providerAddrTtlMs: ttls.providerAddressMs,
    },
    // Where a key need not have a validator, the network's key policy decides alone.
    server: { requireNamespace: network.strictNamespaces && !network.plainKeys },
    ...(stores !== undefined && { stores }),
    ...(restored !== undefined && { restored }),
    ...(!rateLimit && { limits: { rates: false as const } }),
  }
}
