import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../../src/sim/seeded-random.ts'

const ROUNDS = 4
const seed = process.env.KADSCOPE_SEED ?? String(process.pid)
const program = join(import.meta.dirname, 'put-until-killed.ts')

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kadscope-kill-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

/** Runs the program until it has acknowledged so many puts, kills it, and returns all it had acknowledged. */
async function acknowledgedUntilKilled(first: number, killAfter: number): Promise<number[]> {
  const child = spawn(process.execPath, [program, dir, String(first)], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [printed, complaints]: [string[], string[]] = [[], []]
  let lines = 0
  child.stderr.on('data', (chunk: Buffer) => complaints.push(String(chunk)))
  child.stdout.on('data', (chunk: Buffer) => {
    printed.push(String(chunk))
    lines += String(chunk).split('\n').length - 1
    if (lines >= killAfter) child.kill('SIGKILL')
  })
  const [, signal] = await once(child, 'close')
  expect(signal, complaints.join('')).toBe('SIGKILL')
  const complete = printed.join('').split('\n').slice(0, -1)
  return complete.map(Number)
}

/** Numbers of the values and provider records in the file, which must be sound. */
function held(): Set<number> {
  const db = new Sqlite(join(dir, 'kadscope.db'))
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    const keys = db
      .prepare<[], Buffer>('SELECT key FROM stored_values UNION SELECT key FROM provider_records')
      .pluck()
    return new Set(keys.all().map((key) => Number(key.toString().slice('/v/'.length))))
  } finally {
    db.close()
  }
}

test(`nothing acknowledged is lost when the process is killed (seed ${seed})`, async () => {
  const random = new SeededRandom(seed)
  const acknowledged: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    acknowledged.push(...(await acknowledgedUntilKilled(round * 1_000_000, 1 + random.integer(1500))))
    const there = held()
    expect(acknowledged.filter((number) => !there.has(number))).toEqual([])
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS)
})
