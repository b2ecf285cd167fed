import { afterAll, beforeAll } from 'vitest'
import type { Database } from '../../../src/main/db/database.ts'
import { providerStorageContract } from '../../dht/stores/provider-storage-contract.ts'
import { closeAll, openTemporary } from './temporary-database.ts'

let database: Database
beforeAll(async () => {
  database = await openTemporary()
})
afterAll(closeAll)

providerStorageContract('SqliteProviderStorage', async ({ publish, ...options }) => {
  await database.providers(options).deleteExpired(Number.POSITIVE_INFINITY)
  return database.providers({ ...options, ...(publish !== undefined && { publish }) })
})
