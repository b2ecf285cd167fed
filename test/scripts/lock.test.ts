import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exclusively } from '../../scripts/lib/lock.mjs'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kadscope-lock-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

test('work under one lock never overlaps, and a failure frees it', async () => {
  const path = join(folder, 'lock')
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await new Promise((resolve) => setImmediate(resolve))
    inside--
  }
  const failing = exclusively(() => Promise.reject(new Error('no')), path)
  const all = [failing.catch(() => {}), exclusively(work, path), exclusively(work, path)]
  await Promise.all(all)
  await expect(failing).rejects.toThrow('no')
  expect(most).toBe(1)
  expect(existsSync(path)).toBe(false)
})

test('a lock whose owner has died is taken over', async () => {
  const path = join(folder, 'lock')
  const dead = spawnSync(process.execPath, ['--version']).pid
  writeFileSync(path, String(dead))
  expect(await exclusively(() => Promise.resolve('done'), path)).toBe('done')
})
