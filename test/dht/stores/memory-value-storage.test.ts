import { MemoryValueStorage } from '../../../src/dht/stores/memory-value-storage.ts'
import { valueStorageContract } from './value-storage-contract.ts'

valueStorageContract('MemoryValueStorage', async (options) => new MemoryValueStorage(options))
