/**
 * Migrations of kadscope.db. `distance` is what `storeDistance` makes of the
 * key. Entries of this node itself (`own`) are no victims, and so are not in
 * the indices victims are chosen by.
 */
export const recordMigrations: readonly string[] = [
  `
  CREATE TABLE stores (
    name TEXT PRIMARY KEY,
    entries INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    local_id TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO stores VALUES ('values', 0, 0, ''), ('providers', 0, 0, '');

  CREATE TABLE publishers (
    id INTEGER PRIMARY KEY,
    peer TEXT NOT NULL UNIQUE,
    entries INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE stored_values (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    publisher_id INTEGER NOT NULL,
    own INTEGER NOT NULL,
    received_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    distance INTEGER NOT NULL,
    value BLOB NOT NULL
  ) STRICT;
  CREATE INDEX values_by_expiry ON stored_values (expires_at);
  CREATE INDEX values_by_distance ON stored_values (distance DESC) WHERE own = 0;

  CREATE TABLE provider_peers (
    id INTEGER PRIMARY KEY,
    peer TEXT NOT NULL UNIQUE,
    multihash BLOB NOT NULL,
    entries INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE provider_records (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    provider_id INTEGER NOT NULL,
    own INTEGER NOT NULL,
    received_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    addrs_expire_at REAL NOT NULL,
    size_bytes INTEGER NOT NULL,
    distance INTEGER NOT NULL,
    addrs BLOB NOT NULL,
    UNIQUE (key, provider_id)
  ) STRICT;
  CREATE INDEX providers_by_peer ON provider_records (provider_id, key);
  CREATE INDEX providers_by_expiry ON provider_records (expires_at);
  CREATE INDEX providers_by_distance ON provider_records (distance DESC, expires_at) WHERE own = 0;

  CREATE TABLE table_peers (
    id TEXT PRIMARY KEY,
    addrs BLOB NOT NULL,
    last_seen_at REAL NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE validators (name TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE settings (name TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
]
