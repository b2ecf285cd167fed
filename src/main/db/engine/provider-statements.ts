import type Sqlite from 'better-sqlite3'
import type { PackedProvider } from '../db-protocol.ts'

type Bytes = Uint8Array

/** What must be known of a row to refresh or remove it. */
export interface HeldProvider {
  id: number
  key: Bytes
  provider: string
  sizeBytes: number
  expiresAt: number
}

// CROSS JOIN: the records lead, whatever the planner thinks of an empty table of peers.
const FROM = 'FROM provider_records r CROSS JOIN provider_peers p ON p.id = r.provider_id'
const HELD = `r.id, r.key, p.peer AS provider, r.size_bytes AS sizeBytes, r.expires_at AS expiresAt ${FROM}`
const RECORD = `r.key, p.peer AS provider, p.multihash AS providerBytes, r.addrs, r.received_at AS receivedAt,
  r.addrs_expire_at AS addrsExpireAt, r.expires_at AS expiresAt ${FROM}`

/** The statements of `ProviderTable`, prepared once. */
export class ProviderStatements {
  readonly find: Sqlite.Statement<[key: Bytes, providerId: number], HeldProvider>
  readonly insert: Sqlite.Statement<
    [
      Bytes,
      number,
      number,
      received: number,
      expires: number,
      addrs: number,
      size: number,
      distance: number,
      Bytes,
    ]
  >
  readonly refresh: Sqlite.Statement<[number, number, number, number, Bytes, id: number]>
  readonly remove: Sqlite.Statement<[id: number]>
  readonly countOfKey: Sqlite.Statement<[key: Bytes], number>
  readonly expiredOfKey: Sqlite.Statement<[key: Bytes, now: number], HeldProvider>
  /** Another's record of the key, nearest to expiry. */
  readonly rival: Sqlite.Statement<[key: Bytes], HeldProvider>
  /** Nearest to expiry first. */
  readonly expired: Sqlite.Statement<[now: number, limit: number], HeldProvider>
  /** Others' records of keys beyond a distance: farthest key first, of a key nearest to expiry first. */
  readonly farthest: Sqlite.Statement<[distance: number], HeldProvider>
  readonly get: Sqlite.Statement<[key: Bytes, now: number, limit: number], PackedProvider>
  readonly keysOf: Sqlite.Statement<[providerId: number, now: number, limit: number], Bytes>
  readonly list: Sqlite.Statement<[now: number, limit: number], PackedProvider>
  readonly listAfter: Sqlite.Statement<
    [Bytes, Bytes, provider: string, now: number, limit: number],
    PackedProvider
  >
  readonly #db: Sqlite.Database

  constructor(db: Sqlite.Database) {
    this.#db = db
    this.find = db.prepare(`SELECT ${HELD} WHERE r.key = ? AND r.provider_id = ?`)
    this.insert = db.prepare(`
      INSERT INTO provider_records
        (key, provider_id, own, received_at, expires_at, addrs_expire_at, size_bytes, distance, addrs)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    this.refresh = db.prepare(`
      UPDATE provider_records SET received_at = ?, expires_at = ?, addrs_expire_at = ?, size_bytes = ?, addrs = ?
      WHERE id = ?`)
    this.remove = db.prepare('DELETE FROM provider_records WHERE id = ?')
    this.countOfKey = db
      .prepare<[Bytes], number>('SELECT count(*) FROM provider_records WHERE key = ?')
      .pluck()
    this.expiredOfKey = db.prepare(`SELECT ${HELD} WHERE r.key = ? AND r.expires_at <= ?`)
    this.rival = db.prepare(`SELECT ${HELD} WHERE r.key = ? AND +r.own = 0 ORDER BY r.expires_at LIMIT 1`)
    this.expired = db.prepare(`SELECT ${HELD} WHERE r.expires_at <= ? ORDER BY r.expires_at LIMIT ?`)
    this.farthest = db.prepare(
      `SELECT ${HELD} WHERE r.own = 0 AND r.distance > ? ORDER BY r.distance DESC, r.expires_at`,
    )
    this.get = db.prepare(
      `SELECT ${RECORD} WHERE r.key = ? AND +r.expires_at > ? ORDER BY r.received_at DESC, r.id DESC LIMIT ?`,
    )
    this.keysOf = db
      .prepare<[number, number, number], Bytes>(
        'SELECT key FROM provider_records WHERE provider_id = ? AND +expires_at > ? ORDER BY key LIMIT ?',
      )
      .pluck()
    this.list = db.prepare(`SELECT ${RECORD} WHERE +r.expires_at > ? ORDER BY r.key, p.peer LIMIT ?`)
    this.listAfter = db.prepare(`
      SELECT ${RECORD} WHERE r.key >= ? AND (r.key > ? OR p.peer > ?) AND +r.expires_at > ?
      ORDER BY r.key, p.peer LIMIT ?`)
  }

  /** Gives every row the distance from another node, and marks the rows of `ownId` as own. */
  rebase(distanceOf: (key: Bytes) => number, ownId: number | null): void {
    this.#db.function('store_distance', distanceOf)
    this.#db
      .prepare('UPDATE provider_records SET distance = store_distance(key), own = provider_id IS ?')
      .run(ownId)
  }
}
