import type { PeerId } from '@libp2p/interface'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { sha256 } from '@noble/hashes/sha2.js'
import { base58btc } from 'multiformats/bases/base58'
import * as Digest from 'multiformats/hashes/digest'

/**
 * A peer as the core sees it: plain data, made once and shared, so that a
 * table entry or a lookup candidate costs a reference and no hashing.
 */
export interface Peer {
  /** The peer id in base58btc (`12D3Koo…`), the text used in events and as a map key. */
  readonly id: string
  /** The peer id's multihash. */
  readonly bytes: Uint8Array
  /** Position in the keyspace: sha256 of `bytes`, 32 bytes. */
  readonly key: Uint8Array
  /** Binary multiaddrs without a trailing `/p2p/<id>`; may be empty. */
  readonly addrs: readonly Uint8Array[]
}

/** A peer id with its addresses, as libp2p and the public API hand it about. */
export interface PeerInfo {
  id: PeerId
  multiaddrs: Multiaddr[]
}

/** Makes a peer from the bytes of its id. Throws when they are not a multihash. */
export function peerFromBytes(bytes: Uint8Array, addrs: readonly Uint8Array[] = []): Peer {
  Digest.decode(bytes)
  return { id: base58btc.baseEncode(bytes), bytes, key: sha256(bytes), addrs }
}

/** Makes a peer from a libp2p peer id. */
export function peerFromId(peerId: PeerId, addrs: readonly Uint8Array[] = []): Peer {
  const bytes = peerId.toMultihash().bytes
  return { id: peerId.toString(), bytes, key: sha256(bytes), addrs }
}

/** Makes a peer from libp2p's shape; a trailing `/p2p/<id>` of an address is cut off. */
export function peerFromInfo(info: PeerInfo): Peer {
  return peerFromId(info.id, info.multiaddrs.map(withoutPeerId))
}

/** The libp2p shape of a peer. Addresses that do not parse are left out. */
export function toPeerInfo(peer: Peer): PeerInfo {
  return { id: toPeerId(peer), multiaddrs: peer.addrs.flatMap(parseAddress) }
}

/** The libp2p peer id of a peer. */
export function toPeerId(peer: Pick<Peer, 'bytes'>): PeerId {
  return peerIdFromMultihash(Digest.decode(peer.bytes))
}

function withoutPeerId(address: Multiaddr): Uint8Array {
  const components = address.getComponents()
  return components.at(-1)?.name === 'p2p' ? address.decapsulateCode(421).bytes : address.bytes
}

function parseAddress(bytes: Uint8Array): Multiaddr[] {
  try {
    return [multiaddr(bytes)]
  } catch {
    return []
  }
}
