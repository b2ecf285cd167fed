// Puts without end, many at a time, and prints the number of each value when its put is acknowledged.
import { keyFromBytes } from '../../src/dht/key.ts'
import { systemClock } from '../../src/dht/system-clock.ts'
import { openDatabase } from '../../src/main/db/database.ts'

const IN_FLIGHT = 64
const [dir = '', first = '0'] = process.argv.slice(2)
const workerUrl = new URL('../../src/main/db/db-worker.ts', import.meta.url)
const database = await openDatabase({ dir, workerUrl })
const options = { clock: systemClock, localId: 'self', localKey: keyFromBytes(Uint8Array.of(1)) }
const values = database.values({ ...options, maxEntriesPerPublisher: 1_000_000 })
const providers = database.providers({ ...options, maxKeysPerProvider: 1_000_000 })
let next = Number(first)

async function putOn(): Promise<never> {
  for (;;) {
    const number = next++
    const now = systemClock.now()
    const times = { receivedAt: now, expiresAt: now + 3_600_000 }
    const key = new TextEncoder().encode(`/v/${number}`)
    if (number % 2 === 0) {
      await values.put({ key, value: key, publisher: 'ann', ...times })
    } else {
      await providers.put({
        key,
        provider: 'ann',
        providerBytes: key,
        addrs: [key],
        addrsExpireAt: now,
        ...times,
      })
    }
    process.stdout.write(`${number}\n`)
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, putOn))
