import { CancelledError } from '../errors.ts'
import { putValue } from '../operations/put-value.ts'
import { refusalOf } from '../operations/record-rules.ts'
import type { StoredValue } from '../stores/value-storage.ts'
import { DueKeys, type PublishedKey } from './due-keys.ts'
import type { MaintenanceContext, MaintenanceTask, TaskRun } from './task.ts'

const PAGE = 1_000

/** Well within the 48 hours that holders keep a value (protocol.md §2: what rust-libp2p does). */
export const REPUBLISH_INTERVAL_MS = 22 * 3_600_000

/**
 * Puts the values this node published again before their holders drop them,
 * and gives them to peers that came nearer since. Values of others are left to
 * their publishers. A value deleted from the store is not published any more.
 */
export class Republish implements MaintenanceTask {
  readonly name = 'republish'
  readonly event = 'republish'
  readonly firstInMs = 60_000
  readonly #context: MaintenanceContext
  readonly #keys: DueKeys

  constructor(context: MaintenanceContext, intervalMs = REPUBLISH_INTERVAL_MS) {
    this.#context = context
    this.#keys = new DueKeys(intervalMs)
  }

  async run(now: number, signal: AbortSignal): Promise<TaskRun> {
    const due = this.#keys.due(await this.#published(), now)
    let done = 0
    for (const { key } of due) {
      signal.throwIfAborted()
      const isPublished = await this.#publish(key, signal)
      this.#keys.note(key, isPublished, this.#context.clock.now())
      if (isPublished) done++
    }
    const nextInMs = this.#keys.nextInMs(await this.#published(), this.#context.clock.now())
    return { nextInMs, ...(due.length > 0 && { result: `published ${done} of ${due.length} values again` }) }
  }

  /** A value that is not valid any more (an IPNS record past its end) is kept until it expires, and not sent. */
  async #publish(key: Uint8Array, signal: AbortSignal): Promise<boolean> {
    const held = await this.#context.values.get(key)
    if (held === undefined || (await refusalOf(this.#context, key, held.value)) !== undefined) return false
    return this.#put(held, signal)
  }

  async #put({ key, value, receivedAt, expiresAt }: StoredValue, signal: AbortSignal): Promise<boolean> {
    try {
      const { stored } = await putValue(this.#context, key, value, { signal, ttlMs: expiresAt - receivedAt })
      return stored > 0
    } catch (error) {
      if (error instanceof CancelledError) throw error
      return false // Published as the operation's end; the key is tried again.
    }
  }

  async #published(): Promise<PublishedKey[]> {
    const { values, network } = this.#context
    const published: PublishedKey[] = []
    for (let page = await values.list({ limit: PAGE }); page.length > 0; ) {
      for (const { key, publisher, receivedAt } of page) {
        if (publisher === network.self.id) published.push({ key, publishedAt: receivedAt })
      }
      const after = page.at(-1)?.key
      if (page.length < PAGE || after === undefined) break
      page = await values.list({ limit: PAGE, after })
    }
    return published
  }
}
