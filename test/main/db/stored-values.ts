import { keyFromBytes } from '../../../src/dht/key.ts'
import type { StoredValue, ValueStorageOptions } from '../../../src/dht/stores/value-storage.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

/** The identity the tests' databases belong to. */
export const localKey = keyFromBytes(Uint8Array.of(1, 2, 3))

/** Options of a value or provider storage at the start of virtual time. */
export const storageOptions = (): ValueStorageOptions => ({
  clock: new VirtualClock(),
  localId: 'self',
  localKey,
})

/** A value that does not expire while a test runs. */
export function storedValue(name: string, content = name, publisher = 'ann'): StoredValue {
  const text = new TextEncoder()
  return {
    key: text.encode(`/v/${name}`),
    value: text.encode(content),
    receivedAt: Date.UTC(2025, 0, 1),
    expiresAt: Date.UTC(2100, 0, 1),
    publisher,
  }
}
