import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../../src/main/cli/exit-codes.ts'
import { makeProgram } from '../../../src/main/cli/program.ts'
import { customNetwork } from '../../../src/main/node/networks.ts'
import { addressOf, startNode, stopNodes } from '../node/loopback-nodes.ts'

const out = process.env.KADSCOPE_OUT ?? join(import.meta.dirname, '..', '..', '..', 'out')
const program = join(out, 'main', 'kadscope.js')

const network = customNetwork({
  name: 'Command line',
  protocol: '/cli/kad/1.0.0',
  listen: ['/ip4/127.0.0.1/tcp/0'],
  mode: 'SERVER',
  strictNamespaces: false,
})

let home = ''
let adHoc: string[] = []

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kadscope-cli-'))
  const first = await startNode(network)
  await startNode(network, { bootstrap: [addressOf(first)] })
  adHoc = [
    '--protocol',
    network.protocol,
    '--bootstrap',
    addressOf(first),
    '--listen',
    '/ip4/127.0.0.1/tcp/0',
  ]
})

afterAll(async () => {
  await stopNodes()
  rmSync(home, { recursive: true, force: true })
})

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a command to its end. Without `--home` it must not touch the user's own. */
async function run(args: readonly string[], input = ''): Promise<Ended> {
  const env = { ...process.env, KADSCOPE_HOME: join(home, 'default') }
  const child = spawn(process.execPath, [program, ...args], { env })
  const [stdout, stderr]: [string[], string[]] = [[], []]
  child.stdout.on('data', (chunk) => stdout.push(String(chunk)))
  child.stderr.on('data', (chunk) => stderr.push(String(chunk)))
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, stdout: stdout.join(''), stderr: stderr.join('') }
}

describe('with a node of its own', () => {
  test('what one process puts another gets, with an empty profile', async () => {
    const put = await run(['put', '/v/hello', '-', ...adHoc, '--allow-unverified', '--json'], 'from afar')
    expect(put.code, put.stderr).toBe(ExitCode.ok)
    const document = JSON.parse(put.stdout)
    expect(document.key.text).toBe('/v/hello')
    expect(document.stored.filter(({ ok }: { ok: boolean }) => ok)).toHaveLength(2)
    const got = await run(['get', '/v/hello', ...adHoc, '--allow-unverified'])
    expect(got).toMatchObject({ code: ExitCode.ok, stdout: 'from afar' })
    expect(existsSync(join(home, 'default'))).toBe(false)
  })

  test('what nobody has is not found, in JSON too', async () => {
    const { code, stdout, stderr } = await run([
      'get',
      '/v/nothing',
      ...adHoc,
      '--allow-unverified',
      '--json',
    ])
    expect(code).toBe(ExitCode.notFound)
    expect(stderr).toBe('kadscope: Nobody has a value under /v/nothing.\n')
    expect(JSON.parse(stdout)).toEqual({
      error: { message: 'Nobody has a value under /v/nothing.', exitCode: ExitCode.notFound },
    })
  })

  test('a value without a validator is refused before anything is sent', async () => {
    const { code, stderr } = await run(['put', '/v/strict', 'x', ...adHoc])
    expect(code).toBe(ExitCode.refused)
    expect(stderr).toMatch(/No validator is registered for \/v/)
  })

  test('closest names the peers, nearest first, as JSON', async () => {
    const { code, stdout } = await run(['closest', '0x00', ...adHoc, '--json'])
    expect(code).toBe(ExitCode.ok)
    expect(JSON.parse(stdout).peers).toHaveLength(2)
  })
})

describe('the command line', () => {
  test.each([
    [['frobnicate']],
    [['get']],
    [['serve', '--web-port', '70000']],
    [['put', '/v/x', '@/no/such/file']],
  ])('%j is a mistake, said on stderr', async (args) => {
    const { code, stdout, stderr } = await run(args)
    expect(code).toBe(ExitCode.usage)
    expect(stdout).toBe('')
    expect(stderr).not.toBe('')
  })

  test('the exit codes stand in the help', async () => {
    const { code, stdout } = await run(['--help'])
    expect(code).toBe(ExitCode.ok)
    for (const value of Object.values(ExitCode)) expect(stdout).toMatch(new RegExp(`^ +${value} +\\S`, 'm'))
  })

  test('each command has help with an example', () => {
    const commands = makeProgram().commands.filter((command) => command.name() !== 'validators')
    for (const command of commands) {
      const written: string[] = []
      command.configureOutput({ writeOut: (text) => written.push(text) }).outputHelp()
      expect(written.join('')).toMatch(/Examples?:\n {2}kadscope /)
      expect(written.join('')).toContain('--json')
    }
    expect(commands.length).toBeGreaterThan(9)
  })
})

describe('with a backend', () => {
  let backend: ChildProcess
  let ready: { url: string; port: number; pid: number; home: string }
  const at = () => ['--home', join(home, 'served')]

  beforeAll(async () => {
    const args = ['serve', '--json', ...at(), ...adHoc]
    backend = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
    if (backend.stdout === null) throw new Error('The backend has no output.')
    const [line] = await once(createInterface({ input: backend.stdout }), 'line')
    ready = JSON.parse(line)
  })

  afterAll(() => {
    backend.kill('SIGKILL')
  })

  test('serve says in one line where it is, and leaves that for others of this user alone', async () => {
    expect(ready).toMatchObject({ ready: true, pid: backend.pid, home: join(home, 'served') })
    expect((await fetch(ready.url)).status).toBe(200)
    expect(statSync(join(home, 'served', 'backend.json')).mode & 0o777).toBe(0o600)
  })

  test('commands use it: what one registers and publishes the others see', async () => {
    const file = join(home, 'note.js')
    writeFileSync(
      file,
      'function validate(key, value) { if (value.length > 5) throw new Error("too long") }\nfunction select() { return 0 }',
    )
    expect((await run(['validators', 'add', 'note', '--file', file, ...at()])).code).toBe(ExitCode.ok)
    const long = await run(['put', '/note/a', 'far too long', ...at()])
    expect(long).toMatchObject({ code: ExitCode.refused, stderr: 'kadscope: too long\n' })
    expect((await run(['put', '/note/a', 'short', ...at()])).code).toBe(ExitCode.ok)
    const lookups = JSON.parse((await run(['lookups', '--text', '/note/a', '--json', ...at()])).stdout)
    expect(lookups.rows.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['ok', 'rejected'])
    const exported = await run(['export', lookups.rows[0].id, '--format', 'chrome-trace', ...at()])
    expect(JSON.parse(exported.stdout)).toBeTruthy()
    const table = JSON.parse((await run(['table', '--json', ...at()])).stdout)
    expect(table.peers.length).toBeGreaterThan(0)
  })

  test('a second one on the same home, or on the same port, is refused in a sentence', async () => {
    const second = await run(['serve', ...at()])
    expect(second).toMatchObject({ code: ExitCode.failed, stderr: expect.stringContaining('runs already') })
    const third = await run(['serve', '--home', join(home, 'other'), '--web-port', String(ready.port)])
    expect(third).toMatchObject({ code: ExitCode.failed, stderr: expect.stringContaining('in use') })
  })

  test('SIGTERM ends it cleanly: exit code 0, and its address is gone', async () => {
    backend.kill('SIGTERM')
    const [code] = await once(backend, 'close')
    expect(code).toBe(ExitCode.ok)
    expect(existsSync(join(home, 'served', 'backend.json'))).toBe(false)
  })
})
