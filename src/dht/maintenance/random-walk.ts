import { closestPeers } from '../operations/closest-peers.ts'
import { randomKey } from './bucket-keys.ts'
import type { MaintenanceContext, MaintenanceTask, TaskRun } from './task.ts'

const MIN_INTERVAL_MS = 60_000
const MAX_INTERVAL_MS = 30 * 60_000

/**
 * Looks up random keys, to meet peers that nothing else leads to. While walks
 * bring new table entries they follow each other quickly; each one that brings
 * none doubles the pause, to half an hour at most.
 */
export class RandomWalk implements MaintenanceTask {
  readonly name = 'random-walk'
  readonly event = 'refresh'
  readonly firstInMs = MIN_INTERVAL_MS
  readonly #context: MaintenanceContext
  #intervalMs = MIN_INTERVAL_MS

  constructor(context: MaintenanceContext) {
    this.#context = context
  }

  async run(_now: number, signal: AbortSignal): Promise<TaskRun> {
    const { table, random } = this.#context
    if (table.size() === 0) return { nextInMs: MIN_INTERVAL_MS }
    const known = new Set(this.#ids())
    const { counts } = await closestPeers(this.#context, randomKey(random), { kind: 'REFRESH', signal })
    const met = this.#ids().filter((id) => !known.has(id)).length
    this.#intervalMs = met > 0 ? MIN_INTERVAL_MS : Math.min(MAX_INTERVAL_MS, 2 * this.#intervalMs)
    return {
      nextInMs: this.#intervalMs,
      result: `random walk: ${counts.replied} of ${counts.asked} peers answered, ${met} new in the table`,
    }
  }

  #ids(): string[] {
    return [...this.#context.table.entries()].map(({ peer }) => peer.id)
  }
}
