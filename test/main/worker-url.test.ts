import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WorkerMissingError, workerUrl } from '../../src/main/worker-url.ts'

let root = ''
const url = (...parts: string[]) => pathToFileURL(join(root, ...parts)).href

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kadscope-worker-url-'))
  mkdirSync(join(root, 'out', 'main', 'chunks'), { recursive: true })
  writeFileSync(join(root, 'out', 'main', 'db-worker.js'), '')
})

afterEach(() => rmSync(root, { recursive: true }))

test.each([
  ['a bundle', ['out', 'main', 'kadscope.js']],
  ['a chunk of a bundle', ['out', 'main', 'chunks', 'worker-url-abc.js']],
  ['TypeScript source', ['src', 'main', 'worker-url.ts']],
])('from %s, a worker is found in out/main', (_, from) => {
  expect(workerUrl('db-worker', url(...from)).href).toBe(url('out', 'main', 'db-worker.js'))
})

test('a worker that was not built is an error that says what to do', () => {
  const missing = () => workerUrl('sandbox-worker', url('out', 'main', 'main.js'))
  expect(missing).toThrow(WorkerMissingError)
  expect(missing).toThrow(/sandbox-worker\.js is missing.*npm run build/)
})
