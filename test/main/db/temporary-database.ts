import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, type DatabaseOptions, openDatabase } from '../../../src/main/db/database.ts'

/** The worker's source: Node runs it as it is, so these tests need no build. */
const workerUrl = new URL('../../../src/main/db/db-worker.ts', import.meta.url)

const open = new Set<Database>()
const folders = new Set<string>()

/** A folder that `closeAll` removes. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'kadscope-db-'))
  folders.add(dir)
  return dir
}

/** The databases of a folder, by default a new one. `closeAll` closes what is still open. */
export async function openTemporary(options: Partial<DatabaseOptions> = {}): Promise<Database> {
  const database = await openDatabase({ dir: options.dir ?? temporaryFolder(), workerUrl, ...options })
  open.add(database)
  return database
}

/** Closes and removes everything; call it after each test. */
export async function closeAll(): Promise<void> {
  await Promise.all([...open].map((database) => database.close()))
  for (const dir of folders) rmSync(dir, { recursive: true })
  open.clear()
  folders.clear()
}
