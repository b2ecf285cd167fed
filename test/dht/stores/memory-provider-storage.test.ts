import { MemoryProviderStorage } from '../../../src/dht/stores/memory-provider-storage.ts'
import { providerStorageContract } from './provider-storage-contract.ts'

providerStorageContract('MemoryProviderStorage', async (options) => new MemoryProviderStorage(options))
