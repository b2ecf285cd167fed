import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify, identifyPush } from '@libp2p/identify'
import type { PrivateKey } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { preSharedKey } from '@libp2p/pnet'
import { tcp } from '@libp2p/tcp'
import type { Libp2pOptions } from 'libp2p'
import { version } from '../version.ts'
import { gathering } from './gathering-muxer.ts'
import { noiseCrypto } from './noise-crypto.ts'
import { silentLogger } from './silent-logger.ts'
import { writingOnce } from './single-write-encrypter.ts'

export interface Libp2pSettings {
  privateKey: PrivateKey
  listen: readonly string[]
  /** Text of a `swarm.key` file: only those who hold it get in. */
  swarmKey?: string
  /** How often open connections are pinged and dead ones closed, in milliseconds; 0 never. */
  pingIntervalMs: number
}

/** The services every node has. */
const services = { identify: identify(), identifyPush: identifyPush(), ping: ping() }
export type NodeServices = { [Name in keyof typeof services]: ReturnType<(typeof services)[Name]> }

/** The options of a node of ours: TCP, noise and yamux put together for few, large writes. */
export function libp2pOptions(settings: Libp2pSettings): Libp2pOptions<NodeServices> {
  const { privateKey, listen, swarmKey, pingIntervalMs } = settings
  const crypto = noiseCrypto()
  return {
    privateKey,
    nodeInfo: { name: 'kadscope', version, userAgent: `kadscope/${version}` },
    logger: silentLogger(),
    addresses: { listen: [...listen] },
    transports: [tcp()],
    connectionEncrypters: [writingOnce(noise(crypto && { crypto }))],
    streamMuxers: [gathering(yamux(MUXER_OPTIONS))],
    connectionManager: CONNECTION_LIMITS,
    connectionMonitor: { enabled: pingIntervalMs > 0, pingInterval: pingIntervalMs },
    services,
    ...(swarmKey !== undefined && {
      connectionProtector: preSharedKey({ psk: new TextEncoder().encode(swarmKey) }),
    }),
  }
}

const MUXER_OPTIONS = {
  /** The connection monitor pings by itself, and closes what does not answer. */
  enableKeepAlive: false,
  /** A busy client's first streams arrive with the last bytes of its handshake; 10, the default, is no flood. */
  maxEarlyStreams: 256,
  maxInboundStreams: 256,
}

/**
 * libp2p's own defaults (5 new inbound connections a second and host, 10
 * unfinished ones) shut out swarms on one machine and clients behind one
 * address; without any bound a flood would take the node.
 */
const CONNECTION_LIMITS = {
  /** Beyond it, inbound ones are refused and idle ones closed. */
  maxConnections: 500,
  /** New ones a second of one host. */
  inboundConnectionThreshold: 200,
  maxIncomingPendingConnections: 100,
  inboundUpgradeTimeout: 5_000,
  maxParallelDials: 100,
  maxDialQueueLength: 1_000,
  dialTimeout: 5_000,
  /** An address that does not answer leaves the others of a peer their turn. */
  addressDialTimeout: 2_500,
  maxPeerAddrsToDial: 8,
  /** The DHT decides whom to be connected to. */
  reconnectRetries: 0,
}
