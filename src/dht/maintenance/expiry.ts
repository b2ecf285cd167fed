import type { MaintenanceContext, MaintenanceTask, TaskRun } from './task.ts'

/** Expired entries are never served; deleting them only gives back their room. */
const INTERVAL_MS = 10 * 60_000

/** Deletes the values and provider records that have expired. */
export class Expiry implements MaintenanceTask {
  readonly name = 'expiry'
  readonly event = 'expiry'
  readonly firstInMs = INTERVAL_MS
  readonly #context: Pick<MaintenanceContext, 'values' | 'providers'>

  constructor(context: Pick<MaintenanceContext, 'values' | 'providers'>) {
    this.#context = context
  }

  async run(now: number): Promise<TaskRun> {
    const { values, providers } = this.#context
    const [expiredValues, expiredProviders] = await Promise.all([
      values.deleteExpired(now),
      providers.deleteExpired(now),
    ])
    const [v, p] = [expiredValues.length, expiredProviders.length]
    return {
      nextInMs: INTERVAL_MS,
      ...(v + p > 0 && { result: `deleted ${v} values, ${p} provider records` }),
    }
  }
}
