import type { MultiaddrFilter } from '../address-filter.ts'
import { keyText } from '../key.ts'
import { type Peer, peerFromBytes } from '../peer.ts'
import { normalizeAddress } from '../wire/address.ts'
import type { WirePeer } from '../wire/message.ts'

const MAX_IDENTITIES = 10_000

/**
 * Makes peers of wire entries. Lookups meet the same peers again and again,
 * so the hash and the text of an id are kept (the 10,000 latest); addresses
 * are not: they live no longer than the lookup that heard of them.
 */
export class PeerBook {
  readonly #filter: MultiaddrFilter
  readonly #identities = new Map<string, Peer>()

  constructor(filter: MultiaddrFilter) {
    this.#filter = filter
  }

  /** The peer of an entry with the addresses this network may dial. Throws when the id is no multihash. */
  of(entry: WirePeer): Peer {
    const identity = this.#identity(entry.id)
    const addrs: Uint8Array[] = []
    for (const address of entry.addrs) {
      const normalized = normalizeAddress(address, entry.id)
      if (normalized !== undefined && this.#filter(normalized)) addrs.push(normalized)
    }
    return { ...identity, addrs }
  }

  #identity(bytes: Uint8Array): Peer {
    const text = keyText(bytes)
    const known = this.#identities.get(text)
    if (known !== undefined) return known
    const peer = peerFromBytes(new Uint8Array(bytes))
    if (this.#identities.size >= MAX_IDENTITIES) {
      for (const oldest of this.#identities.keys()) {
        this.#identities.delete(oldest)
        break
      }
    }
    this.#identities.set(text, peer)
    return peer
  }
}
