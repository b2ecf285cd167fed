import type { FeedEvent, FeedEventOf } from '../../../shared/feed.ts'

/** Rows a sample type holds while the client does not keep up; older ones go first, counted. */
export const MAX_SAMPLES = 2_000
/** Rows of everything else; beyond it a snapshot says the same in less. */
const MAX_ROWS = 20_000

/** What one batch is made of. */
export interface Outgoing {
  events: FeedEvent[]
  /** Samples left out so far, in all. */
  dropped: number
  /** Events of the node since the last batch. */
  seen: number
}

/**
 * What waits to be sent to one client. Rows of the same id replace each other,
 * so that what waits is bounded by what there is to show. Samples are dropped,
 * oldest first, and counted; all other events are merged but never lost. Where
 * even merged rows become too many, they are forgotten and `needsSnapshot`
 * says that one must take their place.
 */
export class Outbox {
  readonly #latest = new Map<FeedEvent['type'], FeedEvent>()
  readonly #operations = new Map<string, Row<'operations:changed', 'rows'>>()
  readonly #peers = new Changes<Row<'peers:changed', 'changed'>, string>()
  readonly #records = new Changes<Row<'records:changed', 'changed'>, string>()
  readonly #providers = new Changes<Row<'providers:changed', 'changed'>, { key: string; provider: string }>()
  readonly #traces = new Map<string, FeedEventOf<'trace:grew'>[]>()
  readonly #rpcs: Samples<Row<'rpcs:seen', 'rows'>>
  readonly #log: Samples<Row<'log:written', 'rows'>>
  readonly #history: Samples<Row<'history:written', 'rows'>>
  #notices: FeedEventOf<'notice:raised'>[] = []
  #rates: FeedEventOf<'rate:measured'>[] = []
  #traceEvents = 0
  #needsSnapshot = true
  #dropped = 0
  #seen = 0

  constructor() {
    const drop = (count: number) => {
      this.#dropped += count
    }
    this.#rpcs = new Samples(drop)
    this.#log = new Samples(drop)
    this.#history = new Samples(drop)
  }

  /** True at first, after `requireSnapshot`, and when too much waited. */
  get needsSnapshot(): boolean {
    return this.#needsSnapshot
  }

  /** The next batch begins anew; what waits is part of the snapshot. */
  requireSnapshot(): void {
    this.#needsSnapshot = true
    this.#forgetRows()
  }

  isEmpty(): boolean {
    return !this.#needsSnapshot && this.#size() === 0
  }

  /** Counts events of the node, sent or not. */
  noteSeen(count: number): void {
    this.#seen += count
  }

  /** Counts samples that were left out before they came here. */
  noteDropped(count: number): void {
    this.#dropped += count
  }

  /** Takes in an event. Rows are nothing new when a snapshot is due: it will have them. */
  add(event: FeedEvent): void {
    if (event.type === 'notice:raised') this.#notices.push(event)
    else if (!this.#needsSnapshot) this.#merge(event)
    if (!this.#needsSnapshot && this.#size() > MAX_ROWS) this.requireSnapshot()
  }

  /** Everything that waits, once. `snapshot` is asked for when one is due. */
  take(snapshot: () => FeedEventOf<'snapshot:taken'>): Outgoing {
    const first = this.#needsSnapshot ? [snapshot()] : []
    const events = [...first, ...this.#events(), ...this.#notices]
    const outgoing = { events, dropped: this.#dropped, seen: this.#seen }
    this.#needsSnapshot = false
    this.#notices = []
    this.#seen = 0
    this.#forgetRows()
    return outgoing
  }

  #merge(event: Exclude<FeedEvent, { type: 'notice:raised' }>): void {
    switch (event.type) {
      case 'snapshot:taken':
      case 'networks:changed':
      case 'node:changed':
      case 'health:changed':
      case 'store:changed':
      case 'validators:changed':
        this.#latest.set(event.type, event)
        return
      case 'rate:measured':
        this.#rates.push(event)
        return
      case 'operations:changed':
        for (const row of event.rows) this.#operations.set(row.id, row)
        return
      case 'trace:grew':
        this.#grow(event)
        return
      case 'peers:changed':
        for (const row of event.changed) this.#peers.set(row.id, row)
        for (const id of event.removed) this.#peers.remove(id, id)
        return
      case 'records:changed':
        for (const row of event.changed) this.#records.set(row.key.hex, row)
        for (const key of event.removed) this.#records.remove(key, key)
        return
      case 'providers:changed':
        for (const row of event.changed) this.#providers.set(`${row.key.hex} ${row.provider}`, row)
        for (const gone of event.removed) this.#providers.remove(`${gone.key} ${gone.provider}`, gone)
        return
      case 'rpcs:seen':
        this.#rpcs.add(event.rows)
        return
      case 'log:written':
        this.#log.add(event.rows)
        return
      case 'history:written':
        this.#history.add(event.rows)
        return
    }
  }

  /** Events of a trace join those before when they follow on them; after a gap they stand alone. */
  #grow(event: FeedEventOf<'trace:grew'>): void {
    if (this.#traceEvents + event.events.length > MAX_SAMPLES) {
      this.#dropped += event.events.length
      return
    }
    this.#traceEvents += event.events.length
    const parts = this.#traces.get(event.id) ?? []
    const last = parts.at(-1)
    if (last !== undefined && last.fromIndex + last.events.length === event.fromIndex) {
      parts[parts.length - 1] = { ...last, events: [...last.events, ...event.events] }
    } else {
      parts.push(event)
    }
    this.#traces.set(event.id, parts)
  }

  #events(): FeedEvent[] {
    const events: FeedEvent[] = [...this.#latest.values(), ...this.#rates]
    if (this.#peers.size > 0) events.push({ type: 'peers:changed', ...this.#peers.lists() })
    if (this.#operations.size > 0) {
      events.push({ type: 'operations:changed', rows: [...this.#operations.values()] })
    }
    for (const parts of this.#traces.values()) events.push(...parts)
    if (this.#rpcs.rows.length > 0) events.push({ type: 'rpcs:seen', rows: this.#rpcs.rows })
    if (this.#records.size > 0) events.push({ type: 'records:changed', ...this.#records.lists() })
    if (this.#providers.size > 0) events.push({ type: 'providers:changed', ...this.#providers.lists() })
    if (this.#history.rows.length > 0) events.push({ type: 'history:written', rows: this.#history.rows })
    if (this.#log.rows.length > 0) events.push({ type: 'log:written', rows: this.#log.rows })
    return events
  }

  #size(): number {
    const rows = this.#operations.size + this.#peers.size + this.#records.size + this.#providers.size
    const samples = this.#rpcs.rows.length + this.#log.rows.length + this.#history.rows.length
    const single = this.#latest.size + this.#rates.length + this.#notices.length
    return rows + samples + single + this.#traceEvents
  }

  #forgetRows(): void {
    for (const rows of [this.#latest, this.#operations, this.#traces]) rows.clear()
    for (const changes of [this.#peers, this.#records, this.#providers]) changes.clear()
    for (const samples of [this.#rpcs, this.#log, this.#history]) samples.clear()
    this.#rates = []
    this.#traceEvents = 0
  }
}

/** An element of a list that an event carries. */
type Row<T extends FeedEvent['type'], F extends string> =
  FeedEventOf<T> extends Record<F, (infer R)[]> ? R : never

/** Rows that came or changed, and those that went: the last that happened to an id counts. */
class Changes<T, G> {
  readonly #changed = new Map<string, T>()
  readonly #removed = new Map<string, G>()

  get size(): number {
    return this.#changed.size + this.#removed.size
  }

  set(id: string, row: T): void {
    this.#removed.delete(id)
    this.#changed.set(id, row)
  }

  remove(id: string, name: G): void {
    this.#changed.delete(id)
    this.#removed.set(id, name)
  }

  lists(): { changed: T[]; removed: G[] } {
    return { changed: [...this.#changed.values()], removed: [...this.#removed.values()] }
  }

  clear(): void {
    this.#changed.clear()
    this.#removed.clear()
  }
}

/** The newest samples. */
class Samples<T> {
  rows: T[] = []
  readonly #drop: (count: number) => void

  constructor(drop: (count: number) => void) {
    this.#drop = drop
  }

  add(rows: readonly T[]): void {
    this.rows = [...this.rows, ...rows]
    const excess = this.rows.length - MAX_SAMPLES
    if (excess <= 0) return
    this.rows = this.rows.slice(excess)
    this.#drop(excess)
  }

  clear(): void {
    this.rows = []
  }
}
