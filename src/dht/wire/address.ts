import { multiaddr } from '@multiformats/multiaddr'
import { equals } from 'uint8arrays/equals'
import type { MultiaddrFilter } from '../address-filter.ts'
import { type Peer, peerFromBytes } from '../peer.ts'
import type { WirePeer } from './message.ts'

/** Multicodec of `p2p` (421) as a varint: how a `/p2p/<id>` component begins. */
const P2P_CODE = [0xa5, 0x03] as const

/**
 * An address as the core keeps it: without a trailing `/p2p/<id>` of the peer
 * itself (rust-libp2p appends it). Undefined when it ends in another peer's id
 * or does not parse.
 */
export function normalizeAddress(address: Uint8Array, idBytes: Uint8Array): Uint8Array | undefined {
  const stripped = withoutSuffix(address, idBytes)
  if (stripped.length === 0) return undefined
  return namesAnotherPeer(stripped) ? undefined : stripped
}

/**
 * The peer of a wire entry, its addresses normalized and passed through
 * `filter`. Throws when the id is no multihash; `decodePeer` has seen to that.
 */
export function peerFromWire(entry: WirePeer, filter: MultiaddrFilter): Peer {
  const addrs: Uint8Array[] = []
  for (const address of entry.addrs) {
    const normalized = normalizeAddress(address, entry.id)
    if (normalized !== undefined && filter(normalized)) addrs.push(normalized)
  }
  return peerFromBytes(entry.id, addrs)
}

function withoutSuffix(address: Uint8Array, idBytes: Uint8Array): Uint8Array {
  const start = address.length - idBytes.length - 3
  const isSuffix =
    start >= 0 &&
    address[start] === P2P_CODE[0] &&
    address[start + 1] === P2P_CODE[1] &&
    address[start + 2] === idBytes.length &&
    equals(address.subarray(start + 3), idBytes)
  return isSuffix ? address.subarray(0, start) : address
}

/** Parsing is dear, so it is done only for addresses that can hold a `p2p` component or look damaged. */
function namesAnotherPeer(address: Uint8Array): boolean {
  if (isPlainTcpOrUdp(address)) return false
  try {
    return multiaddr(address).getComponents().at(-1)?.name === 'p2p'
  } catch {
    return true
  }
}

/** `/ip4/…/tcp/…`, `/ip6/…/tcp/…` or the same with udp, by its bytes. */
function isPlainTcpOrUdp(address: Uint8Array): boolean {
  const portAt = address[0] === 0x04 ? 5 : address[0] === 0x29 ? 17 : 0
  if (portAt === 0) return false
  if (address[portAt] === 0x06) return address.length === portAt + 3
  return address[portAt] === 0x91 && address[portAt + 1] === 0x02 && address.length === portAt + 4
}
