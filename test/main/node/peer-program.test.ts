import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const program = join(import.meta.dirname, '..', '..', '..', 'bench', 'peer.ts')
const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', program]
const multihash = `1220${'ab'.repeat(32)}`

type Line = Record<string, unknown>
let dir = ''
let server: ChildProcess
let ready: Line

/** Runs a sub-command to its end; its lines. */
async function run(...args: string[]): Promise<Line[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, ...args])
  return stdout
    .trim()
    .split('\n')
    .map((line): Line => JSON.parse(line))
}

async function startServer(...args: string[]): Promise<{ child: ChildProcess; line: Line }> {
  const child = spawn(process.execPath, [...flags, 'server', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { child, line: JSON.parse(line) }
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kadscope-peer-'))
  const started = await startServer('--home', join(dir, 'home'))
  server = started.child
  ready = started.line
})

afterAll(async () => {
  server.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

describe('bench/peer', () => {
  test('the server says that it is ready, and where', () => {
    expect(ready).toMatchObject({ ready: true, impl: 'kadscope', pid: server.pid, table: 0 })
    expect(ready.addr).toMatch(new RegExp(`^/ip4/127\\.0\\.0\\.1/tcp/\\d+/p2p/${ready.peerId}$`))
  })

  test('ops puts, gets, provides and finds, a line for each', async () => {
    const args = [
      '--put',
      '/v/a',
      '6869',
      '--get',
      '/v/a',
      '--provide',
      multihash,
      '--find-providers',
      multihash,
    ]
    expect(await run('ops', '--bootstrap', String(ready.addr), ...args)).toMatchObject([
      { op: 'put', ok: true, stored: 1, of: 1 },
      { op: 'get', ok: true, value: '6869' },
      { op: 'provide', ok: true, stored: 1, of: 1 },
      { op: 'find-providers', ok: true, providers: [expect.stringMatching(/^12D3/)] },
    ])
  })

  test('the client looks up each key, and says what it cost', async () => {
    const keys = join(dir, 'keys')
    writeFileSync(keys, '00ff\n0102\n')
    const lines = await run('client', '--bootstrap', String(ready.addr), '--keys', keys)
    expect(lines).toMatchObject([
      { key: '00ff', peers: [ready.peerId] },
      { key: '0102', peers: [ready.peerId] },
      { done: true, n: 2, cpu_ms: expect.any(Number) },
    ])
  })

  test('a server with peers given has them in its table, and ends on SIGTERM', async () => {
    const id = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
    const file = join(dir, 'peers')
    writeFileSync(file, `${JSON.stringify({ id, addrs: ['/ip4/192.0.2.1/tcp/4001'] })}\n`)
    const { child, line } = await startServer('--peers', file, '--no-rate-limit')
    expect(line.table).toBe(1)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('bench-closest measures a full table', async () => {
    const [line] = await run('bench-closest')
    expect(line?.ops_per_s).toBeGreaterThan(0)
    expect(line?.table).toBeGreaterThan(100)
  })

  test('a bootstrap address that is none ends it with a sentence', async () => {
    await expect(run('ops', '--bootstrap', '/ip4/127.0.0.1/tcp/1')).rejects.toMatchObject({
      code: 1,
      stderr: '/ip4/127.0.0.1/tcp/1 does not end in /p2p/<peer id>.\n',
    })
  })
})
