import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SandboxPool } from '../../../src/main/validators/sandbox-pool.ts'
import { SandboxedValidator } from '../../../src/main/validators/sandboxed-validator.ts'
import { bytes, WORKER_URL } from './fixtures.ts'
import { HOSTILE_SCRIPTS } from './hostile-scripts.ts'

let pool: SandboxPool
const innocent = 'function validate(key, value) { return value.text() === "good" }'

beforeAll(() => {
  pool = new SandboxPool({ workerUrl: WORKER_URL })
})
afterAll(() => pool.close())

function script(source: string) {
  return new SandboxedValidator(pool, { kind: 'javascript', source }, () => 0)
}

describe('a hostile script', () => {
  test.each(HOSTILE_SCRIPTS)('$name ends as a rejection', async ({ source, expected }) => {
    expect(await reasonOf(script(source), 'value')).toMatch(expected)
  })

  test('leaves other validators working, and the event loop turning', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const evil = HOSTILE_SCRIPTS.map(({ source }) => reasonOf(script(source), 'value'))
    const good = script(innocent)
    await good.prepare()
    expect(await isJudgedFairly(good)).toBe(true)
    expect(await Promise.all(evil)).not.toContain(undefined)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(HOSTILE_SCRIPTS.length)
  })
})

/** Why the value is rejected; undefined when it is accepted. */
async function reasonOf(validator: SandboxedValidator, value: string): Promise<string | undefined> {
  try {
    await validator.validate(bytes('/some/key'), bytes(value))
    return undefined
  } catch (error) {
    return String(error instanceof Error ? error.message : error)
  }
}

/** On a busy machine an innocent call may be late; it must come to its right verdict all the same. */
async function isJudgedFairly(validator: SandboxedValidator): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt++) {
    if ((await reasonOf(validator, 'good')) === undefined) return true
  }
  return false
}
