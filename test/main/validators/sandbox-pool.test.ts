import { afterEach, describe, expect, test } from 'vitest'
import type { SandboxCall } from '../../../src/main/validators/sandbox-messages.ts'
import { SandboxPool, type SandboxPoolOptions } from '../../../src/main/validators/sandbox-pool.ts'
import { bytes, PATIENT, WORKER_URL } from './fixtures.ts'

const pools: SandboxPool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
})

function pool(options: Partial<SandboxPoolOptions> = {}): SandboxPool {
  const made = new SandboxPool({ ...PATIENT, ...options })
  pools.push(made)
  return made
}

function script(source: string) {
  return { kind: 'javascript', source } as const
}

function validateCall(value = 'value', now = 0): SandboxCall {
  return { type: 'validate', key: bytes('/note/x'), value: bytes(value), now }
}

const accepting = script('function validate() {}')
const endless = script('function validate() { for (;;) {} }')
/** Native code that polls no interrupt: only the outside can end it. */
const deaf = script(
  `function validate() { const text = 'a'.repeat(3 << 20); return text.indexOf('a'.repeat(1 << 20) + 'b') < 0 }`,
)

describe('SandboxPool', () => {
  test('ends native code that does not poll, and serves the next call', async () => {
    const one = pool({ workerUrl: WORKER_URL, timeoutMs: 50, size: 1 })
    const answer = await one.run(deaf, validateCall())
    expect(answer).toEqual({ type: 'exhausted', reason: 'The validator took longer than 50 ms.' })
    const patient = pool()
    await expect(patient.run(accepting, validateCall())).resolves.toEqual({ type: 'accepted' })
  })

  test('replaces workers as often as they are used up', async () => {
    const one = pool({ timeoutMs: 500, size: 1 })
    for (let round = 0; round < 5; round++) {
      await expect(one.run(endless, validateCall())).resolves.toMatchObject({ type: 'exhausted' })
      await expect(one.run(accepting, validateCall())).resolves.toEqual({ type: 'accepted' })
    }
  })

  test('keeps no state of an exhausted program', async () => {
    const source = `let calls = 0
      function validate(key, value) { calls++; if (value.text() === 'hang') for (;;) {} return String(calls) }`
    const one = pool({ timeoutMs: 500, size: 1 })
    await one.run(script(source), validateCall('hang'))
    await expect(one.run(script(source), validateCall('x'))).resolves.toMatchObject({ reason: '1' })
  })

  test('compiles a program once a worker', async () => {
    const source = `let calls = 0; function validate() { calls++; return String(calls) }`
    const one = pool({ size: 1 })
    const reasons = []
    for (let i = 0; i < 3; i++) reasons.push(await one.run(script(source), validateCall()))
    expect(reasons.map((answer) => 'reason' in answer && answer.reason)).toEqual(['1', '2', '3'])
  })

  test('hides programs from each other', async () => {
    const one = pool({ size: 1 })
    await one.run(
      script('globalThis.secret = 1; Array.prototype.x = 1; function validate() {}'),
      validateCall(),
    )
    const spy = script('function validate() { return String(globalThis.secret) + String([].x) }')
    await expect(one.run(spy, validateCall())).resolves.toMatchObject({ reason: 'undefinedundefined' })
  })

  test('refuses calls beyond its queue, and only those', async () => {
    const one = pool({ size: 1, maxWaiting: 2 })
    const calls = Array.from({ length: 5 }, () => one.run(accepting, validateCall()))
    const ends = await Promise.allSettled(calls)
    expect(ends.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ])
    expect(ends[4]).toMatchObject({ reason: { code: 'ERR_VALIDATOR_BUSY' } })
  })

  test('gives programs their turns: one with a long queue does not hold up another', async () => {
    const one = pool({ size: 1 })
    const order: string[] = []
    const slow = Array.from({ length: 10 }, () =>
      one.run(accepting, validateCall()).then(() => order.push('many')),
    )
    const other = one
      .run(script('function validate() { return }'), validateCall())
      .then(() => order.push('one'))
    await Promise.all([...slow, other])
    expect(order.indexOf('one')).toBeLessThanOrEqual(2)
  })

  test('goes on with new workers after many programs', async () => {
    const one = pool({ size: 1 })
    for (let i = 0; i < 40; i++) {
      await expect(one.run(script(`function validate() { return '${i}' }`), validateCall())).resolves.toEqual(
        {
          type: 'rejected',
          reason: String(i),
        },
      )
    }
  })

  test('refuses what runs and waits when it is closed', async () => {
    const one = pool({ size: 1 })
    const calls = [1, 2, 3].map(() => one.run(endless, validateCall()))
    const ends = Promise.allSettled(calls)
    await one.close()
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    await expect(one.run(accepting, validateCall())).rejects.toMatchObject({ code: 'ERR_NOT_AVAILABLE' })
  })

  test('answers when its worker cannot start', async () => {
    const one = pool({ workerUrl: new URL('file:///no/such/worker.js') })
    await expect(one.run(accepting, validateCall())).resolves.toMatchObject({ type: 'exhausted' })
  })
})
