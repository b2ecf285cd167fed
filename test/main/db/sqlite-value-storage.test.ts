import { afterAll, beforeAll } from 'vitest'
import type { Database } from '../../../src/main/db/database.ts'
import { valueStorageContract } from '../../dht/stores/value-storage-contract.ts'
import { closeAll, openTemporary } from './temporary-database.ts'

let database: Database
beforeAll(async () => {
  database = await openTemporary()
})
afterAll(closeAll)

valueStorageContract('SqliteValueStorage', async ({ publish, ...options }) => {
  await database.values(options).deleteExpired(Number.POSITIVE_INFINITY)
  return database.values({ ...options, ...(publish !== undefined && { publish }) })
})
