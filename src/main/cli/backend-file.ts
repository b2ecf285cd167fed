import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const schema = z.object({ url: z.url(), token: z.string(), port: z.number().int(), pid: z.number().int() })

/** Where the backend of a home is reached. */
export type BackendAddress = z.infer<typeof schema>

/** Leaves the address for other programs of the same user. Returns what takes it away again. */
export function writeBackendFile(home: string, address: BackendAddress): () => void {
  const path = join(home, 'backend.json')
  writeFileSync(`${path}.new`, `${JSON.stringify(address)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return () => {
    // Another backend may have put its own there meanwhile.
    if (readBackendFile(home)?.pid === address.pid) rmSync(path, { force: true })
  }
}

/** The address that was left; the backend may have died since. */
export function readBackendFile(home: string): BackendAddress | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(join(home, 'backend.json'), 'utf8')))
  } catch {
    return undefined
  }
}
