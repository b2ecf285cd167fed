import { expect, test } from 'vitest'
import type { UntimedDhtEvent } from '../../../src/dht/events.ts'
import { Scheduler } from '../../../src/dht/maintenance/scheduler.ts'
import type { MaintenanceTask, TaskRun } from '../../../src/dht/maintenance/task.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

function setUp(run: MaintenanceTask['run'], firstInMs = 100) {
  const clock = new VirtualClock()
  const events: UntimedDhtEvent[] = []
  const starts: number[] = []
  const task: MaintenanceTask = {
    name: 'refresh',
    event: 'refresh',
    firstInMs,
    run(now, signal) {
      starts.push(clock.monotonic())
      return run(now, signal)
    },
  }
  const scheduler = new Scheduler({ clock, publish: (event) => events.push(event), tasks: [task] })
  return { clock, events, starts, scheduler }
}

test('a task runs when it is due, by its own word', async () => {
  const { clock, starts, events, scheduler } = setUp(async () => ({ nextInMs: 1_000, result: 'done' }))
  scheduler.start()
  await clock.advance(2_100)
  expect(starts).toEqual([100, 1_100, 2_100])
  expect(events).toHaveLength(3)
  expect(events[0]).toMatchObject({ type: 'maintenance:done', task: 'refresh', result: 'done' })
})

test('a run with nothing to tell publishes nothing', async () => {
  const { clock, events, scheduler } = setUp(async () => ({ nextInMs: 50 }))
  scheduler.start()
  await clock.advance(500)
  expect(events).toEqual([])
})

test('a task never runs twice at a time; asked for meanwhile, it runs once more', async () => {
  const first = Promise.withResolvers<TaskRun>()
  let runs = 0
  const { clock, starts, scheduler } = setUp(() =>
    ++runs === 1 ? first.promise : Promise.resolve({ nextInMs: Number.POSITIVE_INFINITY }),
  )
  scheduler.start()
  await clock.advance(200)
  scheduler.hasten('refresh')
  scheduler.hasten('refresh')
  await clock.advance(200)
  expect(starts).toEqual([100])
  first.resolve({ nextInMs: Number.POSITIVE_INFINITY })
  await clock.advance(10_000)
  expect(starts).toEqual([100, 400])
})

test('runNow resolves when a run that began after it has ended', async () => {
  const { clock, starts, scheduler } = setUp(async () => ({ nextInMs: 1_000 }), 5_000)
  scheduler.start()
  await scheduler.runNow('refresh')
  expect(starts).toEqual([0])
  await clock.advance(1_000)
  expect(starts).toEqual([0, 1_000])
  await scheduler.stop()
  await expect(scheduler.runNow('refresh')).rejects.toThrow('stopped')
})

test('a failure is published, and the task is tried again after a minute', async () => {
  const { clock, starts, events, scheduler } = setUp(() => Promise.reject(new Error('disk full')), 0)
  scheduler.start()
  await clock.advance(60_000)
  expect(starts).toEqual([0, 60_000])
  expect(events[0]).toEqual({ type: 'warning', message: 'Maintenance (refresh) failed: disk full' })
})

test('stopping aborts what runs, waits for it, and leaves no timer', async () => {
  const { clock, starts, events, scheduler } = setUp(
    (_now, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    0,
  )
  scheduler.start()
  await clock.advance(10)
  await scheduler.stop()
  expect(clock.pendingTimers).toBe(0)
  await clock.advance(1_000_000)
  expect(starts).toEqual([0])
  expect(events).toEqual([])
  scheduler.start()
  expect(starts).toHaveLength(2)
})
