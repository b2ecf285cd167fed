import { expect, test } from 'vitest'
import { KeyLocks } from '../../../src/dht/stores/key-locks.ts'

test('tasks of one key never overlap, and a failed one does not stop the next', async () => {
  const locks = new KeyLocks()
  let running = 0
  const order: number[] = []
  const task = (number: number) =>
    locks.run('key', async () => {
      expect(++running).toBe(1)
      await Promise.resolve()
      running--
      order.push(number)
      if (number === 2) throw new Error('two')
    })
  const results = await Promise.allSettled([1, 2, 3].map(task))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(order).toEqual([1, 2, 3])
})

test('tasks of different keys run side by side', async () => {
  const locks = new KeyLocks()
  let release = () => {}
  const first = locks.run('a', () => new Promise<void>((resolve) => (release = resolve)))
  await locks.run('b', async () => {})
  release()
  await first
})

test('keeps nothing for a key at rest, and idle waits for the last task', async () => {
  const locks = new KeyLocks()
  let isDone = false
  void locks.run('a', async () => {
    for (let i = 0; i < 5; i++) await Promise.resolve()
    isDone = true
  })
  await locks.idle()
  expect(isDone).toBe(true)
  expect(locks.size).toBe(0)
})
