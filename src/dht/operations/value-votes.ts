import { keyText } from '../key.ts'

/** One distinct value and who holds it. */
export interface SeenValue {
  value: Uint8Array
  /** Base58btc ids, in the order they answered; our own when it came from our store. */
  holders: string[]
  /** Why it is not valid, in a sentence; absent when it is. */
  rejected?: string
}

/**
 * The distinct values of one key and their holders. Each value is checked
 * once, however many hold it; each holder counts once.
 */
export class ValueVotes {
  readonly #refusalOf: (value: Uint8Array) => Promise<string | undefined>
  readonly #seen = new Map<string, { seen: SeenValue; checked: Promise<void> }>()

  /** `refusalOf` says why a value is not valid; undefined when it is. */
  constructor(refusalOf: (value: Uint8Array) => Promise<string | undefined>) {
    this.#refusalOf = refusalOf
  }

  /** Notes that `holder` holds `value`; resolves when the value has been checked. */
  async add(holder: string, value: Uint8Array): Promise<SeenValue> {
    const text = keyText(value)
    const entry = this.#seen.get(text) ?? this.#begin(text, value)
    await entry.checked
    if (!entry.seen.holders.includes(holder)) entry.seen.holders.push(holder)
    return entry.seen
  }

  /** Valid values, the one most hold first; equal counts in the order of their bytes. */
  valid(): SeenValue[] {
    const valid = [...this.#seen].filter(
      ([, { seen }]) => seen.rejected === undefined && seen.holders.length > 0,
    )
    return valid
      .sort(
        ([textA, a], [textB, b]) => b.seen.holders.length - a.seen.holders.length || (textA < textB ? -1 : 1),
      )
      .map(([, { seen }]) => seen)
  }

  /** Values the validator refused. */
  rejected(): SeenValue[] {
    return [...this.#seen.values()].map(({ seen }) => seen).filter(({ rejected }) => rejected !== undefined)
  }

  /** How many hold a valid value, not counting `exceptId`. */
  validHolders(exceptId: string): number {
    return this.valid().reduce((sum, { holders }) => sum + holders.filter((id) => id !== exceptId).length, 0)
  }

  #begin(text: string, value: Uint8Array): { seen: SeenValue; checked: Promise<void> } {
    const seen: SeenValue = { value, holders: [] }
    const checked = this.#refusalOf(value).then((rejected) => {
      if (rejected !== undefined) seen.rejected = rejected
    })
    const entry = { seen, checked }
    this.#seen.set(text, entry)
    return entry
  }
}
