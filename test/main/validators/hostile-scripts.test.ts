import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SandboxPool } from '../../../src/main/validators/sandbox-pool.ts'
import { SandboxedValidator } from '../../../src/main/validators/sandboxed-validator.ts'
import { bytes, PATIENT, WORKER_URL } from './fixtures.ts'
import { HOSTILE_SCRIPTS, type HostileScript } from './hostile-scripts.ts'

let strict: SandboxPool
let patient: SandboxPool
const innocent = 'function validate(key, value) { return value.text() === "good" }'

beforeAll(() => {
  strict = new SandboxPool({ workerUrl: WORKER_URL })
  patient = new SandboxPool(PATIENT)
})
afterAll(() => Promise.all([strict.close(), patient.close()]))

function script(source: string, pool = strict) {
  return new SandboxedValidator(pool, { kind: 'javascript', source }, () => 0)
}

/** Those that end by themselves are given time to, so that a busy machine changes no verdict. */
function poolFor({ expected }: HostileScript): SandboxPool {
  return ['50', '250'].some((ms) => expected.test(`The validator took longer than ${ms} ms.`))
    ? strict
    : patient
}

describe('a hostile script', () => {
  test.each(HOSTILE_SCRIPTS)('$name ends as a rejection', async (hostile) => {
    const validator = script(hostile.source, poolFor(hostile))
    expect(await reasonOf(validator, 'value')).toMatch(hostile.expected)
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
