import { keyText } from '../key.ts'

/** A key that could not be published to anybody is tried again after this. */
const RETRY_MS = 10 * 60_000
/** Longest pause between two looks at what is due: what is published meanwhile is not known here. */
const MAX_PAUSE_MS = 3_600_000
const MIN_PAUSE_MS = 1_000

/** A key this node published, and when it did so last (wall time, milliseconds). */
export interface PublishedKey {
  key: Uint8Array
  publishedAt: number
}

/**
 * Which published keys are due to be published again, and when to look next.
 * Publishing stamps the local record whether or not anybody else took it, so
 * failures are remembered here.
 */
export class DueKeys {
  readonly #intervalMs: number
  readonly #retryAt = new Map<string, number>()

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  /** Those due at `now`. Keys that are not published any more are forgotten. */
  due(published: readonly PublishedKey[], now: number): PublishedKey[] {
    const texts = new Set(published.map(({ key }) => keyText(key)))
    for (const text of this.#retryAt.keys()) if (!texts.has(text)) this.#retryAt.delete(text)
    return published.filter((one) => this.#dueAt(one) <= now)
  }

  /** What came of publishing a key at `now`. */
  note(key: Uint8Array, isPublished: boolean, now: number): void {
    if (isPublished) this.#retryAt.delete(keyText(key))
    else this.#retryAt.set(keyText(key), now + RETRY_MS)
  }

  /** Milliseconds from `now` to the next look. */
  nextInMs(published: readonly PublishedKey[], now: number): number {
    const next = published.reduce(
      (earliest, one) => Math.min(earliest, this.#dueAt(one)),
      Number.POSITIVE_INFINITY,
    )
    return Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, next - now))
  }

  #dueAt({ key, publishedAt }: PublishedKey): number {
    return this.#retryAt.get(keyText(key)) ?? publishedAt + this.#intervalMs
  }
}
