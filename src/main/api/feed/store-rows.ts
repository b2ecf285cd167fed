import { namespaceOf } from '../../../dht/records/namespaced-validator.ts'
import type { StoredProvider } from '../../../dht/stores/provider-storage.ts'
import type { StoredValueInfo } from '../../../dht/stores/value-storage.ts'
import type { ProviderRow, RecordRow, StoreStats } from '../../../shared/rows.ts'
import type { RunningNode } from '../../backend/running-node.ts'
import { keyViewOf } from '../../keys/key-view.ts'
import { addressText } from '../../traces/event-text.ts'

/** Keys read to count namespaces, at most: beyond it the counts are of these alone. */
const MAX_COUNTED = 100_000
const PAGE = 5_000

/** A value held, without its bytes. */
export function recordRow(value: StoredValueInfo, localId: string): RecordRow {
  const { key, sizeBytes, publisher, receivedAt, expiresAt } = value
  const isOwn = publisher === localId
  const namespace = namespaceOf(key) ?? ''
  return { key: keyViewOf(key, 'record'), namespace, sizeBytes, publisher, isOwn, receivedAt, expiresAt }
}

export function providerRow(record: StoredProvider, localId: string): ProviderRow {
  const { key, provider, addrs, receivedAt, expiresAt } = record
  return {
    key: keyViewOf(key, 'provider'),
    provider,
    addresses: addrs.map(addressText),
    isOwn: provider === localId,
    receivedAt,
    expiresAt,
  }
}

/** What the stores hold against what they may. */
export async function storeStats({ node }: RunningNode): Promise<StoreStats> {
  const { valueStore, providerStore } = node.dht
  const [values, providers, namespaces] = await Promise.all([
    valueStore.stats(),
    providerStore.stats(),
    countNamespaces(node.dht),
  ])
  return { values, providers, namespaces }
}

async function countNamespaces({
  valueStore,
}: RunningNode['node']['dht']): Promise<StoreStats['namespaces']> {
  const counts = new Map<string, number>()
  let after: Uint8Array | undefined
  for (let read = 0; read < MAX_COUNTED; read += PAGE) {
    const page = await valueStore.list({ limit: PAGE, ...(after !== undefined && { after }) })
    for (const { key } of page) {
      const namespace = namespaceOf(key) ?? ''
      counts.set(namespace, (counts.get(namespace) ?? 0) + 1)
    }
    after = page.at(-1)?.key
    if (page.length < PAGE) break
  }
  return Array.from(counts, ([namespace, entries]) => ({ namespace, entries })).sort(
    (a, b) => b.entries - a.entries,
  )
}
