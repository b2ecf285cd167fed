import type { FeedEvent, FeedEventOf } from '../../shared/feed.ts'
import type { ProviderRow, RecordRow } from '../../shared/rows.ts'

/**
 * What changed in the stores since the snapshot, latest last: the row as it is
 * now, or `undefined` for one that is gone. A list that was asked for is
 * brought up to date with it.
 */
export interface StoreChangesSlice {
  /** By key, hex. */
  readonly records: ReadonlyMap<string, RecordRow | undefined>
  /** By `providerId(row)`. */
  readonly providers: ReadonlyMap<string, ProviderRow | undefined>
}

export const noStoreChanges: StoreChangesSlice = { records: new Map(), providers: new Map() }

export const MAX_STORE_CHANGES = 5000

export function reduceStoreChanges(slice: StoreChangesSlice, event: FeedEvent): StoreChangesSlice {
  if (event.type === 'snapshot:taken') return noStoreChanges
  if (event.type === 'records:changed') return { ...slice, records: recordChanges(slice.records, event) }
  if (event.type !== 'providers:changed') return slice
  return { ...slice, providers: providerChanges(slice.providers, event) }
}

/** What tells one provider record from another. */
export function providerId({ key, provider }: { key: { hex: string }; provider: string }): string {
  return `${key.hex}/${provider}`
}

function recordChanges(
  before: StoreChangesSlice['records'],
  { changed, removed }: FeedEventOf<'records:changed'>,
): StoreChangesSlice['records'] {
  const gone = removed.map((key) => [key, undefined] as const)
  return withLatest(before, [...gone, ...changed.map((row) => [row.key.hex, row] as const)])
}

function providerChanges(
  before: StoreChangesSlice['providers'],
  { changed, removed }: FeedEventOf<'providers:changed'>,
): StoreChangesSlice['providers'] {
  const gone = removed.map(
    ({ key, provider }) => [providerId({ key: { hex: key }, provider }), undefined] as const,
  )
  return withLatest(before, [...gone, ...changed.map((row) => [providerId(row), row] as const)])
}

function withLatest<Row>(
  before: ReadonlyMap<string, Row>,
  changes: readonly (readonly [string, Row])[],
): ReadonlyMap<string, Row> {
  const next = new Map(before)
  for (const [id, row] of changes) {
    next.delete(id)
    next.set(id, row)
  }
  for (const id of next.keys()) {
    if (next.size <= MAX_STORE_CHANGES) break
    next.delete(id)
  }
  return next
}
