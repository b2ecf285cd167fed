import type { Peer, PeerData, PeerId, PeerStore } from '@libp2p/interface'

/** A peer's record is written at least this often, so that it does not expire while the peer is about. */
const MAX_UNWRITTEN_MS = 5 * 60_000
const MAX_REMEMBERED = 2048
/** What libp2p notes of a dial that failed, also of peers nobody ever reached. */
const DIAL_FAILURE_KEY = 'last-dial-failure'

/**
 * Makes a peer store skip writes that change nothing: libp2p records the
 * protocol of every stream it opens or accepts, which read, decoded, encoded
 * and wrote the peer's record for each (targets.md P1). Nor does a failed dial
 * leave a record of a peer that is not known: gossip names thousands.
 * Changes the given store.
 */
export function skipIdleWrites(store: PeerStore, now: () => number): void {
  const known = new RememberedPeers(now)
  const save = store.save.bind(store)
  const patch = store.patch.bind(store)
  const merge = store.merge.bind(store)
  const remove = store.delete.bind(store)

  store.save = async (id, data, options) => known.keep(await save(id, data, options))
  store.patch = async (id, data, options) => known.keep(await patch(id, data, options))
  store.delete = async (id, options) => {
    await remove(id, options)
    // Only now: a write that was under way has put it back meanwhile.
    known.forget(id)
  }
  store.merge = async (id, data, options) => {
    const unchanged = known.unchangedBy(id, data)
    if (unchanged !== undefined) return unchanged
    if (isDialFailure(data) && !(await store.has(id, options))) return unknownPeer(id)
    return known.keep(await merge(id, data, options))
  }
}

/** The latest state written of each peer; the least recently written is forgotten first. */
class RememberedPeers {
  readonly #now: () => number
  readonly #peers = new Map<string, { peer: Peer; writtenMs: number }>()

  constructor(now: () => number) {
    this.#now = now
  }

  keep(peer: Peer): Peer {
    this.forget(peer.id)
    this.#peers.set(peer.id.toString(), { peer, writtenMs: this.#now() })
    const [oldest] = this.#peers.keys()
    if (this.#peers.size > MAX_REMEMBERED && oldest !== undefined) this.#peers.delete(oldest)
    return peer
  }

  forget(id: PeerId): void {
    this.#peers.delete(id.toString())
  }

  /** The peer as it is, when `data` names nothing but protocols it is known to speak. */
  unchangedBy(id: PeerId, data: PeerData): Peer | undefined {
    const { protocols, ...rest } = data
    if (protocols === undefined || Object.keys(rest).length > 0) return undefined
    const known = this.#peers.get(id.toString())
    if (known === undefined || this.#now() - known.writtenMs > MAX_UNWRITTEN_MS) return undefined
    return protocols.every((protocol) => known.peer.protocols.includes(protocol)) ? known.peer : undefined
  }
}

function isDialFailure({ metadata, ...rest }: PeerData): boolean {
  if (metadata === undefined || Object.keys(rest).length > 0) return false
  const keys = metadata instanceof Map ? [...metadata.keys()] : Object.keys(metadata)
  return keys.length === 1 && keys[0] === DIAL_FAILURE_KEY
}

function unknownPeer(id: PeerId): Peer {
  return { id, addresses: [], protocols: [], metadata: new Map(), tags: new Map() }
}
