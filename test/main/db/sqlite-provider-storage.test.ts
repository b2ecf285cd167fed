import { afterEach } from 'vitest'
import { providerStorageContract } from '../../dht/stores/provider-storage-contract.ts'
import { closeAll, openTemporary } from './temporary-database.ts'

afterEach(closeAll)

providerStorageContract('SqliteProviderStorage', async (options) => (await openTemporary()).providers(options))
