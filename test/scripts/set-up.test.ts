import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chromiumPlaces } from '../../scripts/lib/browser.mjs'
import { appWindowArgs, hasDisplay } from '../../scripts/lib/display.mjs'
import { electronBinary } from '../../scripts/lib/electron.mjs'
import { explain } from '../../scripts/lib/fail.mjs'
import { areInstalled, checkSpace } from '../../scripts/lib/packages.mjs'
import { readyUrl } from '../../scripts/lib/ready-line.mjs'
import { vitestArgs } from '../../scripts/lib/vitest-args.mjs'

describe('packages', () => {
  const packages = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 8 }).map((name) => `node_modules/${name}`),
    fc.record({ version: fc.constantFrom('1.0.0', '1.0.1', '2.0.0'), optional: fc.boolean() }),
  )

  test('what was installed from a lock file matches it, with or without its optional packages', () => {
    fc.assert(
      fc.property(packages, (wanted) => {
        const needed = Object.fromEntries(Object.entries(wanted).filter(([, entry]) => !entry.optional))
        expect(areInstalled({ '': {}, ...wanted }, wanted)).toBe(true)
        expect(areInstalled({ '': {}, ...wanted }, needed)).toBe(true)
      }),
    )
  })

  test('one package missing or in another version is enough not to match', () => {
    expect(areInstalled({ 'node_modules/a': { version: '1.0.0' } }, {})).toBe(false)
    expect(
      areInstalled({ 'node_modules/a': { version: '1.0.1' } }, { 'node_modules/a': { version: '1.0.0' } }),
    ).toBe(false)
  })
})

describe('failures', () => {
  test('a disk on which the packages cannot fit is refused before anything is fetched', () => {
    expect(() => checkSpace(2e9)).not.toThrow()
    expect(() => checkSpace(60e6)).toThrow(/^60 MB are free .* takes 1 GB: make room, then run/)
  })

  test.each([
    ['npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device, write', 'The disk is full'],
    ['npm error code EACCES\nnpm error path /srv/app/node_modules', 'cannot be written'],
    ['EROFS: read-only file system, mkdir', 'cannot be written'],
    ['npm error code ECONNREFUSED\nnpm error connect ECONNREFUSED 127.0.0.1:9', 'registry cannot be reached'],
    [
      'npm error request to https://registry.example failed, reason: getaddrinfo EAI_AGAIN',
      'registry cannot be reached',
    ],
    ['npm error code E401', 'refused access'],
    ['npm error code EINTEGRITY', 'npm cache clean'],
    ['npm error code EUSAGE\nnpm error `npm ci` can only install packages when … are in sync', 'npm install'],
  ])('%j has its own sentence', (output, part) => {
    expect(explain(output)).toContain(part)
  })

  test('a full disk is named first, whatever else went wrong behind it', () => {
    expect(explain('npm error ECONNRESET\nnpm error ENOSPC: no space left on device')).toContain(
      'The disk is full',
    )
  })

  test('every sentence ends with a next step, on one line', () => {
    for (const code of ['ENOSPC', 'EACCES', 'ECONNREFUSED', 'E401', 'E404', 'EINTEGRITY', 'EUSAGE'])
      expect(explain(code)).toMatch(/^[A-Z][^\n]*: [^\n]*(then|run) [^\n]*\.$/)
  })

  test('what is not known is not guessed', () => {
    expect(explain('Something else happened')).toBeUndefined()
  })
})

describe('browser', () => {
  test('CHROMIUM_PATH comes first, then /usr/bin, then the PATH; each place once', () => {
    const places = chromiumPlaces({ CHROMIUM_PATH: '/opt/c', PATH: '/snap/bin:/usr/bin:relative' })
    expect(places.slice(0, 5)).toEqual([
      '/opt/c',
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
      '/usr/bin/google-chrome-stable',
    ])
    expect(places[5]).toBe('/snap/bin/chromium')
    expect(new Set(places).size).toBe(places.length)
    expect(places.every((place) => place.startsWith('/'))).toBe(true)
  })

  test('only for root the window goes without Chromium’s sandbox', () => {
    expect(appWindowArgs('http://127.0.0.1:1/?token=t', '/p', true)).toContain('--no-sandbox')
    expect(appWindowArgs('http://127.0.0.1:1/?token=t', '/p', false)).not.toContain('--no-sandbox')
    expect(appWindowArgs('http://127.0.0.1:1/?token=t', '/p', false)[0]).toBe(
      '--app=http://127.0.0.1:1/?token=t',
    )
  })

  test('a display is X11’s or Wayland’s', () => {
    expect(hasDisplay({ DISPLAY: ':0' })).toBe(true)
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' })).toBe(true)
    expect(hasDisplay({ DISPLAY: '' })).toBe(false)
  })
})

describe('electron', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kadscope-electron-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('its binary is there when path.txt names it and it exists', () => {
    expect(electronBinary(folder)).toBeUndefined()
    writeFileSync(join(folder, 'path.txt'), 'electron')
    expect(electronBinary(folder)).toBeUndefined()
    mkdirSync(join(folder, 'dist'))
    writeFileSync(join(folder, 'dist', 'electron'), '')
    expect(electronBinary(folder)).toBe(join(folder, 'dist', 'electron'))
  })
})

describe('starting', () => {
  test('the address is taken from the line that says ready', () => {
    expect(readyUrl('{"ready":true,"url":"http://127.0.0.1:4/?token=x"}')).toBe('http://127.0.0.1:4/?token=x')
    for (const line of ['', 'hello', 'null', '{"ready":false,"url":"x"}', '{"ready":true}', '[1]'])
      expect(readyUrl(line)).toBeUndefined()
  })

  test('vitest runs once, over the unit and e2e projects or those that are named, with the user’s own arguments', () => {
    expect(vitestArgs([], undefined)).toEqual(['run', '--project', 'unit', '--project', 'e2e'])
    expect(vitestArgs(['test/dht'], undefined).at(-1)).toBe('test/dht')
    expect(vitestArgs(['--project', 'interop'], undefined)).toEqual(['run', '--project', 'interop'])
    expect(vitestArgs(['--project=interop'], 'r.json')).toEqual([
      'run',
      '--reporter=default',
      '--reporter=json',
      '--outputFile.json=r.json',
      '--project=interop',
    ])
  })
})
