/** Migrations of traces.db. Rows are kept as JSON beside the columns they are found by. */
export const traceMigrations: readonly string[] = [
  `
  CREATE TABLE operations (
    id TEXT PRIMARY KEY,
    started_at REAL NOT NULL,
    kind TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    search TEXT NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX operations_by_start ON operations (started_at, id);
  CREATE INDEX operations_open ON operations (id) WHERE is_open = 1;

  CREATE TABLE event_runs (
    id INTEGER PRIMARY KEY,
    trace_id TEXT NOT NULL,
    first_index INTEGER NOT NULL,
    last_index INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX event_runs_by_trace ON event_runs (trace_id);

  CREATE TABLE rpcs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at REAL NOT NULL,
    peer TEXT NOT NULL,
    operation_id TEXT,
    json TEXT NOT NULL,
    request BLOB,
    reply BLOB
  ) STRICT;
  CREATE INDEX rpcs_by_time ON rpcs (at);
  CREATE INDEX rpcs_by_peer ON rpcs (peer, at);
  CREATE INDEX rpcs_by_operation ON rpcs (operation_id, at) WHERE operation_id IS NOT NULL;

  CREATE TABLE table_history (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX table_history_by_time ON table_history (at);
  `,
]
