import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { PortUnavailableError, startWebHost, type WebHost } from '../../../src/main/web/web-host.ts'

let assets = ''
let web: WebHost
let attached = 0

beforeAll(async () => {
  assets = mkdtempSync(join(tmpdir(), 'kadscope-web-'))
  writeFileSync(join(assets, 'index.html'), '<title>Explorer</title>')
  writeFileSync(join(assets, 'index.js'), 'export {}')
  const app = {
    attachSocket: (socket: WebSocket) => {
      attached++
      socket.send('welcome')
    },
  }
  web = await startWebHost({ app, port: 0, assets })
})

afterAll(async () => {
  await web.close()
  rmSync(assets, { recursive: true })
})

interface Answer {
  status: number | undefined
  headers: IncomingHttpHeaders
  text: string
}

function get(path: string, headers: Record<string, string> = {}, host = '127.0.0.1'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host, port: web.port, path, headers }, (response) => {
      const chunks: string[] = []
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => chunks.push(chunk))
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, text: chunks.join('') })
      })
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** What comes of opening a WebSocket: the first message, or the refusal. */
function open(path: string, headers: Record<string, string> = {}): Promise<Pick<Answer, 'status' | 'text'>> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${web.port}${path}`, { headers })
    socket.once('message', (data) => {
      socket.close()
      resolve({ status: 101, text: String(data) })
    })
    socket.once('unexpected-response', (_request, response) => {
      const chunks: string[] = []
      response.on('data', (chunk) => chunks.push(String(chunk)))
      response.on('end', () => resolve({ status: response.statusCode, text: chunks.join('') }))
    })
    socket.once('error', reject)
  })
}

const withToken = () => `/rpc?token=${web.token}`
const sentence = /^[A-Z].*\.$/

describe('HTTP', () => {
  test('the explorer is served at /, with strict headers', async () => {
    const { status, headers, text } = await get('/')
    expect([status, text]).toEqual([200, '<title>Explorer</title>'])
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).toContain("script-src 'self'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers).not.toHaveProperty('access-control-allow-origin')
  })

  test('localhost and 127.0.0.1 are names of it, at any port: a tunnel may bring another', async () => {
    for (const host of ['localhost', 'localhost:9', '127.0.0.1:7040', '[::1]:7040']) {
      expect((await get('/', { host })).status).toBe(200)
    }
  })

  test.each(['kadscope.example', '127.0.0.1.example', 'localhost.example:80', '192.0.2.1'])(
    'the Host %s is refused',
    async (host) => {
      const { status, text } = await get('/', { host })
      expect(status).toBe(403)
      expect(text).toMatch(sentence)
    },
  )

  test.each(['https://example.org', 'null', 'http://localhost:1'])(
    'the Origin %s is refused',
    async (origin) => {
      const { status, text, headers } = await get('/', { origin })
      expect(status).toBe(403)
      expect(text).toMatch(sentence)
      expect(headers).not.toHaveProperty('access-control-allow-origin')
    },
  )

  test('without the token nothing but the files is answered', async () => {
    const { status, text } = await get('/rpc')
    expect(status).toBe(401)
    expect(text).toMatch(sentence)
    expect((await get(withToken())).status).toBe(426)
    for (const path of ['/nothing', '/../package.json', '/%2e%2e/package.json', '/rpc/x']) {
      expect([400, 403, 404]).toContain((await get(path)).status)
    }
  })
})

describe('WebSocket', () => {
  test('the token opens it, with and without the page’s own Origin', async () => {
    const before = attached
    const origin = `http://127.0.0.1:${web.port}`
    expect(await open(withToken(), { origin })).toEqual({ status: 101, text: 'welcome' })
    expect(await open(withToken())).toEqual({ status: 101, text: 'welcome' })
    expect(attached).toBe(before + 2)
  })

  test.each<[string, () => string, Record<string, string>, number]>([
    ['no token', () => '/rpc', {}, 401],
    ['an empty token', () => '/rpc?token=', {}, 401],
    ['another token', () => `/rpc?token=${'x'.repeat(web.token.length)}`, {}, 401],
    ['a part of the token', () => `/rpc?token=${web.token.slice(0, -1)}`, {}, 401],
    ['another Host', withToken, { host: 'kadscope.example' }, 403],
    ['a foreign Origin', withToken, { origin: 'https://example.org' }, 403],
    ['an opaque Origin', withToken, { origin: 'null' }, 403],
    ['another path', () => `/other?token=${web.token}`, {}, 404],
  ])('%s is refused before a client is attached', async (_what, path, headers, status) => {
    const before = attached
    const refusal = await open(path(), headers)
    expect(refusal.status).toBe(status)
    expect(refusal.text).toMatch(sentence)
    expect(attached).toBe(before)
  })
})

test('only loopback listens', async () => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address !== undefined && !address.internal && address.family === 'IPv4')
  for (const address of outside) {
    await expect(get('/', {}, address?.address)).rejects.toThrow(/ECONNREFUSED/)
  }
})

test('a port in use is said in a sentence', async () => {
  const second = startWebHost({ app: { attachSocket: () => {} }, port: web.port, assets })
  await expect(second).rejects.toThrow(PortUnavailableError)
  await expect(second).rejects.toThrow(/is in use by another program: choose another with --web-port/)
})

test('each start has a token of its own, long enough not to be guessed', async () => {
  const other = await startWebHost({ app: { attachSocket: () => {} }, port: 0, assets })
  expect(other.token).not.toBe(web.token)
  expect(Buffer.from(other.token, 'base64url').length).toBe(32)
  await other.close()
})
