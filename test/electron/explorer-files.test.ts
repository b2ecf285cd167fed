import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explorerFile } from '../../src/main/electron/explorer-files.ts'

let home = ''
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'kadscope-files-'))
  mkdirSync(join(home, 'renderer', 'assets'), { recursive: true })
  mkdirSync(join(home, 'renderer-secret'))
  writeFileSync(join(home, 'renderer', 'index.html'), '<!doctype html>')
  writeFileSync(join(home, 'renderer', 'assets', 'index.js'), 'export {}')
  writeFileSync(join(home, 'secret.txt'), 'secret')
  writeFileSync(join(home, 'renderer-secret', 'key'), 'secret')
})
afterAll(() => rmSync(home, { recursive: true }))

function get(url: string, method = 'GET'): Promise<Response> {
  return explorerFile(join(home, 'renderer'), { method, url })
}

describe('explorerFile', () => {
  test.each([
    ['index.html', 'text/html; charset=utf-8'],
    ['assets/index.js', 'text/javascript; charset=utf-8'],
    ['assets/index.js?v=1', 'text/javascript; charset=utf-8'],
  ])('serves %s with its type', async (path, type) => {
    const response = await get(`kadscope://app/${path}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
  })

  test('allows scripts of its own only, nothing in line and no frame around it', async () => {
    const { headers } = await get('kadscope://app/index.html')
    const policy = headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe-eval')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([
    'kadscope://app/../secret.txt',
    'kadscope://app/%2e%2e/secret.txt',
    'kadscope://app/..%2fsecret.txt',
    'kadscope://app/assets/..%2f..%2fsecret.txt',
    'kadscope://app/..%2frenderer-secret/key',
    'kadscope://app/index.html%00',
    'kadscope://app/%',
    'kadscope://app/',
    'kadscope://app/assets',
    'kadscope://app/missing.js',
    'kadscope://other/index.html',
    'file:///etc/hostname',
  ])('answers 404 to %s', async (url) => {
    expect((await get(url)).status).toBe(404)
  })

  test('answers only GET', async () => {
    expect((await get('kadscope://app/index.html', 'POST')).status).toBe(404)
  })
})
