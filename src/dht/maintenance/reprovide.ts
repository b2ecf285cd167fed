import { CancelledError } from '../errors.ts'
import { provide } from '../operations/provide.ts'
import { PROVIDER_REPUBLISH_SECONDS } from '../stores/provider-record.ts'
import { DueKeys, type PublishedKey } from './due-keys.ts'
import type { MaintenanceContext, MaintenanceTask, TaskRun } from './task.ts'

/** Well within the 24 hours that holders hand out a provider's addresses. */
export const REPROVIDE_INTERVAL_MS = PROVIDER_REPUBLISH_SECONDS * 1000

/**
 * Announces again what this node provides, before its addresses expire at
 * those who hold them. A record deleted from the store is not announced any more.
 */
export class Reprovide implements MaintenanceTask {
  readonly name = 'reprovide'
  readonly event = 'reprovide'
  readonly firstInMs = 60_000
  readonly #context: MaintenanceContext
  readonly #keys: DueKeys

  constructor(context: MaintenanceContext, intervalMs = REPROVIDE_INTERVAL_MS) {
    this.#context = context
    this.#keys = new DueKeys(intervalMs)
  }

  async run(now: number, signal: AbortSignal): Promise<TaskRun> {
    const due = this.#keys.due(await this.#provided(), now)
    let done = 0
    for (const { key } of due) {
      signal.throwIfAborted()
      const isPublished = await this.#provide(key, signal)
      this.#keys.note(key, isPublished, this.#context.clock.now())
      if (isPublished) done++
    }
    const nextInMs = this.#keys.nextInMs(await this.#provided(), this.#context.clock.now())
    return { nextInMs, ...(due.length > 0 && { result: `announced ${done} of ${due.length} keys again` }) }
  }

  async #provide(key: Uint8Array, signal: AbortSignal): Promise<boolean> {
    try {
      const { stored } = await provide(this.#context, key, { signal })
      return stored > 0
    } catch (error) {
      if (error instanceof CancelledError) throw error
      return false // Published as the operation's end; the key is tried again.
    }
  }

  async #provided(): Promise<PublishedKey[]> {
    const { providers, network } = this.#context
    const provided: PublishedKey[] = []
    for (const key of await providers.keysOf(network.self.id)) {
      const own = (await providers.get(key)).find(({ provider }) => provider === network.self.id)
      if (own !== undefined) provided.push({ key, publishedAt: own.receivedAt })
    }
    return provided
  }
}
