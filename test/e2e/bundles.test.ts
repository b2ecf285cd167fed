import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const bundle = (...parts: string[]) => readFileSync(join(root, 'out', ...parts), 'utf8')

test.each(['main', 'kadscope', 'db-worker', 'sandbox-worker', 'validator-worker', 'peer'])(
  'the program %s has a bundle, as an ES module',
  (name) => {
    expect(bundle('main', `${name}.js`)).toMatch(/^(import|export) /m)
  },
)

test('the preload is one CommonJS file that requires nothing but electron', () => {
  const code = bundle('preload', 'index.cjs')
  expect(code).not.toMatch(/^\s*(import|export)[\s{*]/m)
  expect(code).not.toMatch(/\bimport\(/)
  const required = [...code.matchAll(/\brequire\(([^)]*)\)/g)].map((match) => match[1])
  expect(new Set(required)).toEqual(new Set(['"electron"']))
})

test('the page loads its script and styles from beside itself', () => {
  const page = bundle('renderer', 'index.html')
  // The icon is in the page itself.
  const links = [...page.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map((match) => String(match[1]))
  expect(links.length).toBeGreaterThan(0)
  for (const link of links) {
    expect(link).toMatch(/^\.\//)
    expect(existsSync(join(root, 'out', 'renderer', link))).toBe(true)
  }
})

test('the programs leave their dependencies to node_modules, and never import electron outside the shell', () => {
  for (const name of ['kadscope', 'db-worker', 'peer']) {
    expect(bundle('main', `${name}.js`)).not.toMatch(/from "electron"/)
  }
  expect(bundle('main', 'main.js')).toMatch(/from "electron"/)
})
