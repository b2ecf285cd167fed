import { DhtError } from '../../dht/errors.ts'

/** Why a database refused; stable, may be matched on. */
export type StorageErrorCode =
  | 'ERR_STORAGE_FULL'
  | 'ERR_STORAGE_IO'
  | 'ERR_STORAGE_READ_ONLY'
  | 'ERR_STORAGE_BUSY'
  | 'ERR_STORAGE_DAMAGED'
  | 'ERR_STORAGE_OPEN'
  | 'ERR_STORAGE_NEWER'
  | 'ERR_STORAGE_CLOSED'
  | 'ERR_STORAGE_STOPPED'
  | 'ERR_STORAGE_FAILED'

/** An error as it crosses between threads: plain data. */
export interface StorageFault {
  code: StorageErrorCode
  message: string
}

/** A database could not be opened, read or written. Nothing of what was asked has happened. */
export class StorageError extends DhtError {
  declare readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}

/** SQLite's result codes (their common beginnings), with ours and a sentence. */
const CAUSES: [string, StorageErrorCode, string][] = [
  ['SQLITE_FULL', 'ERR_STORAGE_FULL', 'The disk is full: free some space, then try again.'],
  ['SQLITE_IOERR', 'ERR_STORAGE_IO', 'The disk could not be read or written: check it and its free space.'],
  ['SQLITE_READONLY', 'ERR_STORAGE_READ_ONLY', 'The profile’s folder is read-only: make it writable.'],
  [
    'SQLITE_BUSY',
    'ERR_STORAGE_BUSY',
    'Another program is writing to the database: close it, then try again.',
  ],
  ['SQLITE_CORRUPT', 'ERR_STORAGE_DAMAGED', 'The database is damaged: restart, and it is set aside.'],
  ['SQLITE_NOTADB', 'ERR_STORAGE_DAMAGED', 'The file is not a database: restart, and it is set aside.'],
  [
    'SQLITE_CANTOPEN',
    'ERR_STORAGE_OPEN',
    'The database cannot be opened: check the folder and its permissions.',
  ],
]

/** What to tell the caller of an error met in the worker. SQLite's own words are kept at the end. */
export function faultOf(error: unknown): StorageFault {
  if (error instanceof StorageError) return { code: error.code, message: error.message }
  const reason = error instanceof Error ? error.message : String(error)
  const sqliteCode = sqliteCodeOf(error)
  const known = CAUSES.find(([beginning]) => sqliteCode.startsWith(beginning))
  if (known === undefined) return { code: 'ERR_STORAGE_FAILED', message: `The database failed: ${reason}.` }
  const [, code, sentence] = known
  return { code, message: `${sentence} (${sqliteCode}: ${reason})` }
}

/** True when the error says that the file itself is not sound. */
export function isDamage(error: unknown): boolean {
  return faultOf(error).code === 'ERR_STORAGE_DAMAGED'
}

function sqliteCodeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}
