import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hasDisplay } from '../../scripts/lib/display.mjs'
import { electronBinary } from '../../scripts/lib/electron.mjs'

const root = join(import.meta.dirname, '..', '..')
// Never asked of the package `electron` itself: it would try to download a binary that is missing.
const binary = electronBinary()
const canRun = binary !== undefined && (process.platform !== 'linux' || hasDisplay())
let home = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kadscope-electron-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

async function launch() {
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return _electron.launch({ executablePath: binary ?? '', args: [...flags, root, '--home', home] })
}

test.skipIf(!canRun)(
  'Electron opens the explorer, connected to its backend, in a sandboxed page',
  async () => {
    const app = await launch()
    const page = await app.firstWindow()
    expect(page.url()).toMatch(/^kadscope:\/\/app\/index\.html/)
    await page.getByText('Sandbox').first().waitFor()
    expect(await page.evaluate(`[typeof require, typeof process, typeof ipcRenderer].join()`)).toBe(
      'undefined,undefined,undefined',
    )
    await app.close()
  },
)

test.skipIf(!canRun)('Electron connects a reloaded page again, and stays on the explorer', async () => {
  const app = await launch()
  const page = await app.firstWindow()
  await page.getByText('Sandbox').first().waitFor()
  await page.reload()
  await page.getByText('Sandbox').first().waitFor()
  await page.evaluate(`location.href = 'https://example.com/'`)
  await page.evaluate(`window.open('https://example.com/')`)
  expect(app.windows()).toHaveLength(1)
  expect(page.url()).toMatch(/^kadscope:/)
  await app.close()
})
