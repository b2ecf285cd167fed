import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FeedEvent } from '../../src/shared/feed.ts'
import type { NetworkRow } from '../../src/shared/rows.ts'
import { type Api, ShellProcess } from '../electron/stand-in/shell-process.ts'

const root = join(import.meta.dirname, '..', '..')
let home = ''
let shell: ShellProcess

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'kadscope-shell-'))
  shell = new ShellProcess(root, home)
  await shell.report('port-opened')
})
afterEach(() => {
  shell.kill()
  rmSync(home, { recursive: true, force: true })
})

describe('the built shell under a stand-in for Electron', () => {
  test('opens one window, isolated and in the sandbox, on the explorer', async () => {
    const windows = shell.all('window')
    expect(windows).toHaveLength(1)
    expect(windows[0]).toMatchObject({
      url: 'kadscope://app/index.html',
      webPreferences: {
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        webviewTag: false,
        preload: expect.stringMatching(/index\.cjs$/),
      },
    })
    expect(shell.all('menu')).toHaveLength(1)
    expect(shell.all('refused')).toEqual([])
  })

  test('serves the page under a strict policy, and nothing outside it', async () => {
    const page = await shell.command({ type: 'fetch', url: 'kadscope://app/index.html' })
    expect(page.outcome).toBe('200')
    expect(page.detail?.['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
    const outside = await shell.command({ type: 'fetch', url: 'kadscope://app/..%2fmain/main.js' })
    expect(outside.outcome).toBe('404')
  })

  test('lets nobody navigate away or open windows, and hands known links to the browser', async () => {
    const away = { type: 'navigate', url: 'https://evil.example/', frame: 'main' } as const
    expect((await shell.command(away)).outcome).toBe('denied')
    expect((await shell.command({ ...away, frame: 'sub' })).outcome).toBe('denied')
    expect((await shell.command({ ...away, url: 'file:///etc/hostname' })).outcome).toBe('denied')
    expect((await shell.command({ type: 'open-window', url: 'https://evil.example/' })).outcome).toBe('deny')
    expect(shell.all('link-opened')).toEqual([])
    expect((await shell.command({ type: 'open-window', url: 'https://ui.perfetto.dev/' })).outcome).toBe(
      'deny',
    )
    expect(shell.all('link-opened')).toMatchObject([{ url: 'https://ui.perfetto.dev/' }])
  })

  test('grants the explorer its copy buttons, and nothing else', async () => {
    const granted = async (permission: string, url = 'kadscope://app/index.html') =>
      (await shell.command({ type: 'ask-permission', permission, url })).outcome
    expect(await granted('clipboard-sanitized-write')).toBe('granted')
    expect(await granted('clipboard-sanitized-write', 'https://evil.example/')).toBe('denied')
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'openExternal',
      'usb',
    ])
      expect(await granted(permission)).toBe('denied')
  })

  test('gives a port to the explorer alone', async () => {
    await shell.command({ type: 'foreign-ask', origin: 'kadscope://app', isMainFrame: false })
    await shell.command({ type: 'foreign-ask', origin: 'https://evil.example', isMainFrame: true })
    expect(shell.all('refused')).toEqual([])
    expect(shell.all('port-opened')).toHaveLength(1)
  })

  test('gives a reloaded page a new port, and closes the old one', async () => {
    const before = await shell.api().app.info()
    await shell.command({ type: 'reload' })
    await shell.report('port-opened', 1)
    await shell.report('port-closed')
    expect((await shell.api().app.info()).backendId).toBe(before.backendId)
  })

  test('shows its window when it is started again', async () => {
    await shell.command({ type: 'start-again' })
    await shell.report('raised')
    expect(shell.all('window')).toHaveLength(1)
  })

  test('joins the Sandbox, publishes and resolves a value, and finds it all again after a restart', async () => {
    const api = shell.api()
    expect(await api.app.info()).toMatchObject({ host: 'electron', home })
    const networks = await networksOf(api)
    expect(networks.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['sandbox', 'amino', 'lan']))
    const networkId = String(networks.find(({ kind }) => kind === 'sandbox')?.id)
    await joinNetwork(api, networkId)

    const source = `function validate(key, value) { if (value.text() === '') return 'A note is not empty.' }`
    await api.validators.register({
      networkId,
      namespace: 'note',
      definition: { kind: 'javascript', source },
    })
    const key = '/note/hello'
    const empty = await api.validators.check({ networkId, key, value: { encoding: 'utf8', data: '' } })
    expect(empty).toMatchObject({ ok: false, reason: 'A note is not empty.' })
    expect(await resolved(api, networkId, key)).toBeUndefined()
    await publish(api, networkId, key, 'hello')
    expect(await resolved(api, networkId, key)).toBe('hello')

    expect(await shell.quit()).toBe(0)
    expect(shell.all('error-box')).toEqual([])
    shell = new ShellProcess(root, home)
    await shell.report('port-opened')
    await joinNetwork(shell.api(), networkId)
    const { rows } = await shell.api().validators.list({ networkId })
    expect(rows).toContainEqual(
      expect.objectContaining({ namespace: 'note', definition: { kind: 'javascript', source } }),
    )
    const past = await shell.api().operations.list({ networkId, text: key })
    expect(past.rows.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['PUT_VALUE', 'GET_VALUE']))
    expect(await shell.quit()).toBe(0)
  })
})

async function networksOf(api: Api): Promise<NetworkRow[]> {
  return follow(api, (event) => (event.type === 'snapshot:taken' ? event.snapshot.networks : undefined))
}

/** Joins a network, where it does not run already, and waits until it does and a k-bucket's worth of peers is known. */
async function joinNetwork(api: Api, networkId: string): Promise<void> {
  await api.networks.join({ networkId })
  let network: NetworkRow | undefined
  const peers = new Set<string>()
  const end = await follow(api, (event) => {
    if (event.type === 'snapshot:taken') {
      network = event.snapshot.networks.find(({ id }) => id === networkId)
      for (const { id } of event.snapshot.peers) peers.add(id)
    }
    if (event.type === 'networks:changed') network = event.networks.find(({ id }) => id === networkId)
    if (event.type === 'peers:changed') for (const { id } of event.changed) peers.add(id)
    const hasFailed = network?.state === 'failed'
    const isJoined = network?.state === 'running' && peers.size >= network.k
    return hasFailed || isJoined ? network : undefined
  })
  expect(end).toMatchObject({ state: 'running' })
}

async function publish(api: Api, networkId: string, key: string, text: string): Promise<void> {
  const value = { encoding: 'utf8', data: text } as const
  const { id } = await api.operations.start({ networkId, kind: 'PUT_VALUE', key, value })
  const { stored = [] } = await api.operations.result({ id })
  const answers = stored.map(({ ok, message }) => (ok ? 'stored' : message))
  expect(answers).toContain('stored')
}

async function resolved(api: Api, networkId: string, key: string): Promise<string | undefined> {
  const { id } = await api.operations.start({ networkId, kind: 'GET_VALUE', key })
  const { value } = await api.operations.result({ id })
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString()
}

/** Follows the feed until `find` finds something in one of its events. */
async function follow<T>(api: Api, find: (event: FeedEvent) => T | undefined): Promise<T> {
  for await (const { feedId, seq, events } of await api.feed.subscribe()) {
    for (const event of events) {
      const found = find(event)
      if (found !== undefined) return found
    }
    await api.feed.acknowledge({ feedId, seq })
  }
  throw new Error('The feed ended.')
}
