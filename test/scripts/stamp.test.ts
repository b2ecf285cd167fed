import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashFiles, readText, writeText } from '../../scripts/lib/stamp.mjs'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kadscope-stamp-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

test('the hash depends on names and contents, and on nothing else', () => {
  write('src/a.ts', 'a')
  write('src/deep/b.ts', 'b')
  write('lock.json', '{}')
  const before = hashFiles(folder, ['src', 'lock.json'])

  utimesSync(join(folder, 'src/a.ts'), 1, 1)
  expect(hashFiles(folder, ['lock.json', 'src', 'src/a.ts', 'not-there'])).toBe(before)

  write('src/deep/b.ts', 'c')
  expect(hashFiles(folder, ['src', 'lock.json'])).not.toBe(before)
  write('src/deep/b.ts', 'b')
  renameSync(join(folder, 'src/a.ts'), join(folder, 'src/c.ts'))
  expect(hashFiles(folder, ['src', 'lock.json'])).not.toBe(before)
})

test('moving bytes from one file to the next changes the hash', () => {
  const content = fc.string({ maxLength: 20 })
  fc.assert(
    fc.property(content, content, fc.nat(20), (first, second, cut) => {
      write('a', first)
      write('b', second)
      const before = hashFiles(folder, ['a', 'b'])
      const all = first + second
      const moved = [all.slice(0, cut), all.slice(cut)] as const
      write('a', moved[0])
      write('b', moved[1])
      expect(hashFiles(folder, ['a', 'b']) === before).toBe(Buffer.from(moved[0]).equals(Buffer.from(first)))
    }),
    { numRuns: 50 },
  )
})

test('a stamp is read back, and one that is not there is undefined', () => {
  writeText(join(folder, 'new/stamp'), 'abc')
  expect(readText(join(folder, 'new/stamp'))).toBe('abc')
  expect(readText(join(folder, 'other'))).toBeUndefined()
})
