import type { Trace } from '../../../shared/contract.ts'
import type { KeyView } from '../../../shared/rows.ts'
import type { TraceEvent } from '../../../shared/trace-event.ts'

/** Text fields that may repeat an id, an address, a key or a value in a sentence. */
const SENTENCES = new Set(['message', 'result', 'reason', 'rejected'])
/** Names of peers. */
const PEERS = new Set(['peer', 'from', 'provider', 'cause'])
/** Keyspace positions, keys and messages, all hex. */
const BYTES = new Set(['key', 'target', 'peerKey', 'hex'])
/** Whole messages: they repeat everything else. */
const MESSAGES = new Set(['request', 'reply'])

/**
 * Takes out of traces what names somebody: peer ids, addresses, keys, values
 * and messages. The same is replaced by the same within one redactor, so that
 * the shape of a lookup stays: who introduced whom, who held what. Keyspace
 * positions of peers and targets go too, since a position is the hash of a
 * name; messages are left out whole, since they repeat everything.
 */
export class Redactor {
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  trace({ operation, events }: Trace): Trace {
    const { error, ...rest } = operation
    return {
      operation: {
        ...rest,
        key: this.#keyView(operation.key),
        result: withoutNames(operation.result),
        ...(error !== undefined && { error: { ...error, message: withoutNames(error.message) } }),
      },
      events: events.map((event) => this.#fields(event) as TraceEvent),
    }
  }

  #keyView({ kind, text, hex, target }: KeyView): KeyView {
    return { kind, text: this.#name('key', text), hex: this.#bytes(hex), target: this.#bytes(target) }
  }

  /** A copy of the same shape. */
  #fields(value: object): object {
    const entries = Object.entries(value).flatMap(([name, field]) => {
      if (MESSAGES.has(name)) return []
      return [[name, this.#field(name, field)]]
    })
    return Object.fromEntries(entries)
  }

  #field(name: string, field: unknown): unknown {
    if (Array.isArray(field)) return field.map((item) => this.#field(singular(name), item))
    if (typeof field === 'object' && field !== null) return this.#fields(field)
    if (typeof field !== 'string') return field
    if (name === 'addr' || name === 'address') return this.#name('address', field)
    if (name === 'value') return btoa(this.#name('value', field))
    if (BYTES.has(name)) return this.#bytes(field)
    if (name === 'from' && isSeedSource(field)) return field
    if (PEERS.has(name)) return this.#name('peer', field)
    return SENTENCES.has(name) ? withoutNames(field) : field
  }

  /** Hex again, so that the file stays valid. */
  #bytes(hex: string): string {
    const number = Number(this.#name('bytes', hex).slice('bytes-'.length))
    return number.toString(16).padStart(64, '0')
  }

  /** `peer-1`, `peer-2`, … in the order they are met. */
  #name(kind: string, original: string): string {
    const known = this.#names.get(`${kind} ${original}`)
    if (known !== undefined) return known
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    const name = `${kind}-${count}`
    this.#names.set(`${kind} ${original}`, name)
    return name
  }
}

const seedSources = new Set(['table', 'cache', 'connected', 'peer-store', 'given'])

function isSeedSource(text: string): boolean {
  return seedSources.has(text)
}

/** Names of the items of a list. */
function singular(list: string): string {
  if (list === 'addrs' || list === 'addresses') return 'addr'
  return list === 'closest' ? 'peer' : list
}

/** A sentence keeps its words; ids, addresses, keys and long tokens in it are cut out. */
function withoutNames(sentence: string): string {
  return sentence.replace(/\/[^\s,;)]+/g, '…').replace(/[A-Za-z0-9+=_-]{16,}/g, '…')
}
