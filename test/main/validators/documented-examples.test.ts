import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SandboxPool } from '../../../src/main/validators/sandbox-pool.ts'
import { SandboxedValidator } from '../../../src/main/validators/sandboxed-validator.ts'
import { bytes, PATIENT } from './fixtures.ts'

const page = readFileSync(new URL('../../../docs/validators.md', import.meta.url), 'utf8')
const scripts = [...page.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => String(match[1]))
const NOW = Date.UTC(2030, 0, 1)
let pool: SandboxPool

beforeAll(() => {
  pool = new SandboxPool(PATIENT)
})
afterAll(() => pool.close())

function example(index: number): SandboxedValidator {
  return new SandboxedValidator(pool, { kind: 'javascript', source: scripts[index] ?? '' }, () => NOW)
}

async function reasonOf(index: number, key: string, value: string): Promise<string> {
  return example(index)
    .validate(bytes(key), bytes(value))
    .then(
      () => 'accepted',
      (error: Error) => error.message,
    )
}

describe('the examples of docs/validators.md', () => {
  test('a note has 1 to 280 characters', async () => {
    expect(await reasonOf(0, '/note/a', 'hello')).toBe('accepted')
    expect(await reasonOf(0, '/note/a', '  ')).toMatch(/not be empty/)
    expect(await reasonOf(0, '/note/a', 'x'.repeat(281))).toMatch(/has 281/)
  })

  test('of versioned documents the highest wins', async () => {
    expect(await reasonOf(1, '/doc/a', '{"version":1}')).toBe('accepted')
    expect(await reasonOf(1, '/doc/a', '{"version":"1"}')).toMatch(/whole number/)
    const values = [2, 10, 9].map((version) => bytes(JSON.stringify({ version })))
    expect(await example(1).select(bytes('/doc/a'), values)).toBe(1)
  })

  test('an offer ends, within a week', async () => {
    const offer = (until: string) => JSON.stringify({ until })
    expect(await reasonOf(2, '/offer/bike', offer('2030-01-02T00:00:00Z'))).toBe('accepted')
    expect(await reasonOf(2, '/offer/bike', offer('2029-12-31T00:00:00Z'))).toMatch(/has ended/)
    expect(await reasonOf(2, '/offer/bike', offer('2030-02-01T00:00:00Z'))).toMatch(/a week/)
    expect(await reasonOf(2, '/offer/bike', offer('soon'))).toMatch(/must be a date/)
    expect(await reasonOf(2, '/offer/Bike', offer('2030-01-02T00:00:00Z'))).toMatch(/lower-case/)
  })
})
