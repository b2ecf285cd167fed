import type Sqlite from 'better-sqlite3'
import type { GroupMember } from './group-runner.ts'

interface PeerRow {
  id: number
  entries: number
}

/** A peer's row as known now; `entries` runs ahead of the table until the next commit. */
interface KnownPeer extends PeerRow {
  peer: string
}

/** Peers remembered between transactions. */
const MAX_KNOWN = 10_000

/**
 * The peers entries belong to, each by a small number, and how many entries
 * each has: counted in memory, written once per transaction. A peer without
 * entries leaves the table.
 */
export class PeerCounts implements GroupMember {
  readonly #byPeer = new Map<string, KnownPeer>()
  readonly #changed = new Set<KnownPeer>()
  readonly #select: Sqlite.Statement<[string], PeerRow>
  readonly #insert: Sqlite.Statement<(string | Uint8Array)[], PeerRow>
  readonly #update: Sqlite.Statement<[number, number]>
  readonly #delete: Sqlite.Statement<[number]>

  constructor(db: Sqlite.Database, table: 'publishers' | 'provider_peers') {
    const columns =
      table === 'publishers' ? '(peer, entries) VALUES (?, 0)' : '(peer, multihash, entries) VALUES (?, ?, 0)'
    this.#select = db.prepare(`SELECT id, entries FROM ${table} WHERE peer = ?`)
    this.#insert = db.prepare(`INSERT INTO ${table} ${columns} RETURNING id, entries`)
    this.#update = db.prepare(`UPDATE ${table} SET entries = ? WHERE id = ?`)
    this.#delete = db.prepare(`DELETE FROM ${table} WHERE id = ?`)
  }

  /** How many entries the peer has. */
  entriesOf(peer: string): number {
    return this.#known(peer)?.entries ?? 0
  }

  /** The peer's number; undefined when it has no entries. */
  idOf(peer: string): number | undefined {
    return this.#known(peer)?.id
  }

  /** Counts one entry more; returns the peer's number. `multihash` is kept where the table has a place for it. */
  increment(peer: string, ...multihash: [] | [Uint8Array]): number {
    const known = this.#known(peer) ?? this.#learn(peer, this.#insert.get(peer, ...multihash))
    if (known === undefined) throw new Error(`No row for ${peer}.`)
    this.#change(known, 1)
    return known.id
  }

  /** Counts one entry less. */
  decrement(peer: string): void {
    const known = this.#known(peer)
    if (known !== undefined) this.#change(known, -1)
  }

  beforeCommit(): void {
    for (const known of this.#changed) {
      if (known.entries > 0) this.#update.run(known.entries, known.id)
      else this.#forget(known)
    }
    this.#changed.clear()
    if (this.#byPeer.size > MAX_KNOWN) this.#byPeer.clear()
  }

  afterRollback(): void {
    this.#byPeer.clear()
    this.#changed.clear()
  }

  #known(peer: string): KnownPeer | undefined {
    return this.#byPeer.get(peer) ?? this.#learn(peer, this.#select.get(peer))
  }

  #learn(peer: string, row: PeerRow | undefined): KnownPeer | undefined {
    if (row === undefined) return undefined
    const known = { ...row, peer }
    this.#byPeer.set(peer, known)
    return known
  }

  #change(known: KnownPeer, by: number): void {
    known.entries += by
    this.#changed.add(known)
  }

  #forget(known: KnownPeer): void {
    this.#delete.run(known.id)
    this.#byPeer.delete(known.peer)
  }
}
