import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'

/**
 * Processor time this thread has used, in milliseconds, so that a busy machine uses up nobody's limit. Wall-clock time
 * where Node is older than 23.9 and cannot tell.
 */
export function threadTimeMs(): number {
  if (process.threadCpuUsage === undefined) return performance.now()
  return sumMs(process.threadCpuUsage())
}

/**
 * The same of a worker, asked from outside, whatever it is busy with. Infinity where Node is older than 24.6 and cannot
 * tell, or the worker has ended.
 */
export async function workerTimeMs(worker: Worker): Promise<number> {
  // An answer that lies in this thread's inbox comes first.
  await nextTurn()
  if (worker.cpuUsage === undefined) return Number.POSITIVE_INFINITY
  try {
    return sumMs(await worker.cpuUsage())
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

function sumMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000
}
