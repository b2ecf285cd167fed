import type { Peer } from '../dht/peer.ts'
import type { WirePeer } from '../dht/wire/message.ts'
import { madeUpPeer } from './made-up-peers.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Lie } from './simulated-node.ts'

/** Names made-up peers as the closest ones, others in every reply; by default as many as the reader may take. */
export function forgedClosers(random: SeededRandom, count = 40): Lie {
  return (request, honest) => ({ ...(honest ?? request), closerPeers: madeUp(random, count) })
}

/** Names only the peers of its own side as closer ones, and knows of nothing: neither value nor provider. */
export function conspiracy(accomplices: readonly Peer[]): Lie {
  const closerPeers = accomplices.map(toWire)
  return ({ type, key }) => ({ type, ...(key !== undefined && { key }), closerPeers, providerPeers: [] })
}

/** Names made-up providers of whatever it is asked for. */
export function forgedProviders(random: SeededRandom, count = 100): Lie {
  return (request, honest) => ({ ...(honest ?? request), providerPeers: madeUp(random, count) })
}

/** Holds this value under every key, whatever it is sent. */
export function wrongValue(value: Uint8Array): Lie {
  return (request, honest) => {
    const { key } = request
    if (key === undefined) return honest
    return { ...(honest ?? request), record: { key, value, timeReceived: '' } }
  }
}

function madeUp(random: SeededRandom, count: number): WirePeer[] {
  return Array.from({ length: count }, () => toWire(madeUpPeer(random)))
}

function toWire({ bytes, addrs }: Peer): WirePeer {
  return { id: bytes, addrs: [...addrs], connection: 0 }
}
