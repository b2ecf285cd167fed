import {
  type ContentRouting,
  NotFoundError,
  type PeerInfo,
  type PeerRouting,
  type Provider,
  type RoutingOptions,
} from '@libp2p/interface'
import type { CallOptions, KadDHT } from './kad-dht.ts'
import { keyFromBytes } from './key.ts'
import { DEFAULT_SETTINGS } from './operations/settings.ts'
import { type Peer, peerFromBytes, toPeerInfo } from './peer.ts'

/**
 * A DHT as js-libp2p's content routing. `useNetwork: false` keeps a read to what
 * is held here; `onProgress` is told every event of the call, as
 * `kad-dht:<type of the DhtEvent>`.
 */
export function contentRoutingOf(dht: KadDHT): ContentRouting {
  return {
    async provide(cid, options) {
      await dht.provide(cid.multihash.bytes, callOptions(options))
    },
    async cancelReprovide(cid) {
      await dht.providerStore.delete(cid.multihash.bytes, dht.self.id)
    },
    findProviders: (cid, options) =>
      options?.useNetwork === false
        ? heldProviders(dht, cid.multihash.bytes)
        : findProviders(dht, cid.multihash.bytes, callOptions(options)),
    async put(key, value, options) {
      await dht.putValue(key, value, callOptions(options))
    },
    async get(key, options) {
      const value = await getValue(dht, key, options)
      if (value === undefined) throw new NotFoundError('Nobody holds a valid value under this key.')
      return value
    },
  }
}

/**
 * A DHT as js-libp2p's peer routing. `useCache: false` asks the network for a
 * peer whose addresses are known too, `useNetwork: false` the routing table alone.
 */
export function peerRoutingOf(dht: KadDHT): PeerRouting {
  return {
    async findPeer(peerId, options) {
      const peer =
        options?.useNetwork === false
          ? dht.routingTable.entry(peerId.toString())?.peer
          : await findPeer(dht, peerId.toMultihash().bytes, options)
      if (peer === undefined) throw new NotFoundError('Nobody knows an address of this peer.')
      return toPeerInfo(peer)
    },
    async *getClosestPeers(key, options): AsyncGenerator<PeerInfo> {
      const peers =
        options?.useNetwork === false
          ? dht.routingTable.closest(keyFromBytes(key), DEFAULT_SETTINGS.k)
          : (await dht.operations.closestPeers(key, callOptions(options)).result).peers
      yield* peers.map(toPeerInfo)
    },
  }
}

/** The network is asked even when a value is held here: a newer one may have been published since. */
async function getValue(
  dht: KadDHT,
  key: Uint8Array,
  options: RoutingOptions = {},
): Promise<Uint8Array | undefined> {
  if (options.useNetwork === false) return (await dht.valueStore.get(key))?.value
  const found = dht.operations.getValue(key, { ...callOptions(options), skipLocal: true })
  return (await found.result).value
}

async function findPeer(
  dht: KadDHT,
  idBytes: Uint8Array,
  options: RoutingOptions = {},
): Promise<Peer | undefined> {
  const skipLocal = options.useCache === false
  return (await dht.operations.findPeer(idBytes, { ...callOptions(options), skipLocal }).result).peer
}

async function* heldProviders(dht: KadDHT, key: Uint8Array): AsyncGenerator<Provider> {
  for (const { providerBytes, addrs } of await dht.providerStore.get(key)) {
    yield toProvider(peerFromBytes(providerBytes, addrs))
  }
}

/** Yields each provider as soon as somebody names it; who stops reading ends the lookup. */
async function* findProviders(
  dht: KadDHT,
  key: Uint8Array,
  { signal, onEvent }: CallOptions,
): AsyncGenerator<Provider> {
  const found: Peer[] = []
  const stop = new AbortController()
  let wake = () => {}
  const { result } = dht.operations.findProviders(key, {
    count: 0,
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    onEvent,
    onProvider: (peer) => {
      found.push(peer)
      wake()
    },
  })
  let isOver = false
  const ended = result.finally(() => {
    isOver = true
    wake()
  })
  ended.catch(() => {})
  try {
    while (!isOver || found.length > 0) {
      for (const peer of found.splice(0)) yield toProvider(peer)
      if (!isOver && found.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
    await ended
  } finally {
    stop.abort()
  }
}

function toProvider(peer: Peer): Provider {
  return { ...toPeerInfo(peer), routing: 'kad-dht' }
}

function callOptions({ signal, onProgress }: RoutingOptions = {}): CallOptions {
  return {
    signal: signal ?? undefined,
    ...(onProgress != null && {
      onEvent: (event) => onProgress({ type: `kad-dht:${event.type}`, detail: event }),
    }),
  }
}
