import { multiaddr } from '@multiformats/multiaddr'
import type { UntimedDhtEvent } from '../../../src/dht/events.ts'
import type { Key } from '../../../src/dht/key.ts'
import type { Peer } from '../../../src/dht/peer.ts'
import { peerFromBytes, toPeerId } from '../../../src/dht/peer.ts'
import { PeerTable, type PeerTableOptions } from '../../../src/dht/routing-table/peer-table.ts'
import type { TableEntry } from '../../../src/dht/routing-table/table-entry.ts'
import { madeUpPeer } from '../../../src/sim/made-up-peers.ts'
import { SeededRandom } from '../../../src/sim/seeded-random.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

export const addressBytes = (text: string): Uint8Array => new Uint8Array(multiaddr(text).bytes)

/** A peer with a random id at the address given, by default a loopback one, which no cap counts. */
export function peerAt(random: SeededRandom, ...addrs: string[]): Peer {
  const texts = addrs.length === 0 ? ['/ip4/127.0.0.1/tcp/4001'] : addrs
  return peerFromBytes(Uint8Array.from([0x12, 0x20, ...random.bytes(32)]), texts.map(addressBytes))
}

/** The peer with a made-up key that shares exactly `cpl` bits with `local`, as ground ids do. */
export function withPrefix(random: SeededRandom, peer: Peer, local: Key, cpl: number): Peer {
  const key = random.bytes(32)
  for (let bit = 0; bit <= cpl; bit++) {
    const mask = 0x80 >> (bit & 7)
    const isOne = ((local[bit >> 3] ?? 0) & mask) !== 0
    const wanted = bit === cpl ? !isOne : isOne
    key[bit >> 3] = wanted ? (key[bit >> 3] ?? 0) | mask : (key[bit >> 3] ?? 0) & ~mask
  }
  return { ...peer, key }
}

/** A table under a virtual clock with everything it published. */
export function makeTable(seed: number | string, options: PeerTableOptions = {}) {
  const random = new SeededRandom(seed)
  const clock = new VirtualClock()
  const local = madeUpPeer(random)
  const events: UntimedDhtEvent[] = []
  const publish = (event: UntimedDhtEvent) => void events.push(event)
  const table = new PeerTable(toPeerId(local), { clock, publish, ...options })
  return { table, random, clock, local, events }
}

/** `count` live peers with exactly `cpl` bits in common with the local key, on loopback. */
export function crowd(
  world: Pick<ReturnType<typeof makeTable>, 'random' | 'local'>,
  count: number,
  cpl = 0,
): Peer[] {
  const { random, local } = world
  return Array.from({ length: count }, () => withPrefix(random, peerAt(random), local.key, cpl))
}

export const idsOf = (entries: Iterable<TableEntry>): string[] => Array.from(entries, ({ peer }) => peer.id)
