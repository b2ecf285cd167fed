import { Expiry } from './expiry.ts'
import { Liveness, type LivenessOptions } from './liveness.ts'
import { RandomWalk } from './random-walk.ts'
import { Refresh, type RefreshOptions } from './refresh.ts'
import { Reprovide } from './reprovide.ts'
import { Republish } from './republish.ts'
import { Scheduler } from './scheduler.ts'
import type { MaintenanceContext, MaintenanceTask } from './task.ts'

export interface MaintenanceOptions {
  /** False: neither refresh nor liveness. Default true. */
  maintainTable?: boolean
  refresh?: RefreshOptions
  liveness?: LivenessOptions
  /** Default false. */
  enableRandomWalk?: boolean
  /** How often what this node published is published again. Default 22 hours. */
  republishIntervalMs?: number
}

/** What a node does by itself; it does nothing before `start`. */
export function makeMaintenance(context: MaintenanceContext, options: MaintenanceOptions = {}): Scheduler {
  const tasks: MaintenanceTask[] = [
    ...tableTasks(context, options),
    new Expiry(context),
    new Republish(context, options.republishIntervalMs),
    new Reprovide(context, options.republishIntervalMs),
  ]
  if (options.enableRandomWalk) tasks.push(new RandomWalk(context))
  return new Scheduler({ clock: context.clock, publish: context.publish, tasks })
}

function tableTasks(context: MaintenanceContext, options: MaintenanceOptions): MaintenanceTask[] {
  const { maintainTable = true, refresh, liveness } = options
  return maintainTable ? [new Refresh(context, refresh), new Liveness(context, liveness)] : []
}
