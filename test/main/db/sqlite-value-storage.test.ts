import { afterEach } from 'vitest'
import { valueStorageContract } from '../../dht/stores/value-storage-contract.ts'
import { closeAll, openTemporary } from './temporary-database.ts'

afterEach(closeAll)

valueStorageContract('SqliteValueStorage', async (options) => (await openTemporary()).values(options))
