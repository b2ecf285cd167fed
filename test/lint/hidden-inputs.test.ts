import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'

const root = join(import.meta.dirname, '..', '..')

const forbidden = [
  'export const a = Date.now()',
  'export const a = new Date()',
  'export const a = Date()',
  "export const a = Date['now']()",
  'export const a = Math.random()',
  'const chance = Math.random\nexport const a = chance()',
  'const { random } = Math\nexport const a = random()',
  'setTimeout(() => {}, 1)',
  'setInterval(() => {}, 1)',
  'setImmediate(() => {})',
  'export const a = performance.now()',
  'export const a = crypto.randomUUID()',
  'export const a = globalThis.setTimeout',
]

const allowed = [
  'export const a = new Date(5).toISOString()',
  'export const a = Date.UTC(2025, 0, 1)',
  'export const a = Date.parse("2025-01-01")',
  'export const a = Math.max(1, 2)',
]

const coreFolders = [
  'src/dht/routing-table',
  'src/dht/lookup',
  'src/dht/operations',
  'src/dht/records',
  'src/dht/stores',
  'src/dht/maintenance',
  'src/sim',
]

const Report = z.object({
  diagnostics: z.array(
    z.object({ category: z.string(), severity: z.string(), location: z.object({ path: z.string() }) }),
  ),
})

let folder = ''
let reported: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kadscope-lint-'))
  for (const name of ['biome.json', 'no-hidden-inputs.grit', '.gitignore'])
    copyFileSync(join(root, name), join(folder, name))
  for (const [index, code] of forbidden.entries()) write(`src/dht/lookup/forbidden-${index}.ts`, code)
  for (const [index, code] of allowed.entries()) write(`src/dht/lookup/allowed-${index}.ts`, code)
  for (const core of coreFolders)
    write(`${core}/time.ts`, 'export const a = Date.now()\nsetTimeout(() => {}, a)')
  write('src/dht/key.ts', 'export const a = Date.now()\nsetTimeout(() => {}, a)')
  write('src/main/free.ts', 'export const a = Date.now()\nsetTimeout(() => {}, a)')
  reported = await lint()
})

afterAll(() => rmSync(folder, { recursive: true }))

test.each([...forbidden.entries()])('in the core, case %i is refused: %j', (index) => {
  expect(reported).toContain(`src/dht/lookup/forbidden-${index}.ts`)
})

test.each([...allowed.entries()])('in the core, case %i is allowed: %j', (index) => {
  expect(reported).not.toContain(`src/dht/lookup/allowed-${index}.ts`)
})

test('the ban on clock and on timers holds in every folder of the core and in sim, and not elsewhere', () => {
  for (const path of [...coreFolders.map((core) => `${core}/time.ts`), 'src/dht/key.ts']) {
    expect(reported.filter((reportedPath) => reportedPath === path)).toHaveLength(2)
  }
  expect(reported).not.toContain('src/main/free.ts')
})

function write(path: string, code: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), `${code}\n`)
}

/** The file of each error of the two rules; a file stands there once for each error. */
function lint(): Promise<string[]> {
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [biome, 'lint', '--reporter=json', '--max-diagnostics=none'],
      { cwd: folder },
      (_, stdout) => {
        const { diagnostics } = Report.parse(JSON.parse(stdout))
        const bans = diagnostics.filter(
          ({ category, severity }) =>
            severity === 'error' && /^(plugin|.*noRestrictedGlobals)$/.test(category),
        )
        resolve(bans.map(({ location }) => location.path))
      },
    )
  })
}
