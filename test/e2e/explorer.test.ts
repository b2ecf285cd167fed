import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { launchChromium } from './support/browser.ts'
import { OtherPeer } from './support/other-peer.ts'
import { ServedBackend } from './support/served-backend.ts'
import { ServedPage } from './support/served-page.ts'

const networkId = 'sandbox'
const key = '/note/hello'
/** The network of two that is described in the explorer. */
const protocol = '/kadscope/e2e/kad/1.0.0'

let home = ''
let backend: ServedBackend
let browser: Browser
let served: ServedPage
let page: Page

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kadscope-explorer-'))
  backend = await ServedBackend.start(home)
  await backend.follow((event) => (event.type === 'node:changed' ? true : undefined))
  browser = await launchChromium()
  served = await ServedPage.open(browser, backend.url)
  page = served.page
})

afterAll(async () => {
  await browser?.close()
  await backend?.stop()
  rmSync(home, { recursive: true, force: true })
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await page.screenshot({ path: `test-results/explorer ${task.name.slice(0, 40)}.png` })
})

const screen = (name: RegExp) => page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name })
const region = (name: string) => page.getByRole('region', { name, exact: true })
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
const dialog = (name: string | RegExp) => page.getByRole('dialog', { name })
const goTo = (route: string) => page.goto(`${backend.url}#${route}`)
const slow = { timeout: 60_000, interval: 100 }

/** The first number in a text. */
async function numberIn(locator: Locator): Promise<number> {
  return Number(/[\d,]+/.exec((await locator.textContent()) ?? '')?.[0].replaceAll(',', ''))
}

describe('the routing table', () => {
  test('shows every peer that the navigation counts, on a slow machine and while peers arrive', async () => {
    const chrome = await page.context().newCDPSession(page)
    await chrome.send('Emulation.setCPUThrottlingRate', { rate: 6 })
    try {
      await goTo('/table')
      const shown = () => numberIn(region('Buckets').locator('header'))
      await expect.poll(shown, slow).toBeGreaterThan(3)
      await expect.poll(async () => (await shown()) - (await numberIn(screen(/Routing table/))), slow).toBe(0)
    } finally {
      await chrome.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    }
  })

  test('is redrawn as it was, at the moment dragged to and while the history plays', async () => {
    const peers = region('Peers').locator('header')
    const now = await numberIn(peers)
    const moment = page.getByRole('slider', { name: 'Moment shown' })
    await moment.press('Home')
    await peers.getByText('as they were').waitFor()
    const then = await numberIn(peers)
    expect(then).toBeLessThan(now)
    expect(await numberIn(region('Buckets').locator('header'))).toBe(then)
    await page.getByRole('img', { name: new RegExp(`^${then} peers on the XOR line`) }).waitFor()
    expect(await page.getByRole('grid', { name: 'Peers' }).getByRole('row').count()).toBe(then + 1)
    expect(page.url()).toContain('at=')
    await moment.fill('900')
    await page.getByRole('button', { name: 'Play the history' }).click()
    await page.getByText('now · drag to go back').waitFor()
    await expect.poll(() => numberIn(peers), slow).toBeGreaterThanOrEqual(now)
  })
})

describe('the command palette', () => {
  const open = async (query: string) => {
    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: 'Find a peer, key, lookup or command' }).fill(query)
  }

  test('opens from inside a field, and goes to a screen', async () => {
    await goTo('/rpcs')
    await page.getByRole('textbox', { name: 'Peer', exact: true }).focus()
    await open('valid')
    await page.keyboard.press('Enter')
    await page.getByRole('list', { name: 'Validators by namespace' }).waitFor()
  })

  test('finds a peer by part of its address or id', async () => {
    const peer = await backend.follow((event) =>
      event.type === 'snapshot:taken' ? event.snapshot.peers[0] : undefined,
    )
    await open(peer.id.slice(-8))
    await page
      .getByRole('button', { name: new RegExp(`${peer.id.slice(-6)}`) })
      .first()
      .click()
    await page.getByRole('complementary').getByText(peer.id, { exact: true }).waitFor()
  })

  test('takes what was typed as a key', async () => {
    await open(key)
    await page.getByText(`Use ${key} as a key`).click()
    expect(await page.getByRole('textbox', { name: 'Key', exact: true }).inputValue()).toBe(key)
  })
})

describe('records', () => {
  test('a file is published byte for byte', async () => {
    const bytes = Buffer.from([0, 255, 1, 254, 10, 13])
    await backend.client.validators.register({ networkId, namespace: 'blob', definition: { kind: 'any' } })
    await goTo(`/records?key=${encodeURIComponent('/blob/file')}`)
    await page.getByText('Valid key.').waitFor()
    await region('Publish').getByText('file', { exact: true }).click()
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button('Choose a file…').click()])
    await chooser.setFiles({ name: 'six.bin', mimeType: 'application/octet-stream', buffer: bytes })
    await page.getByText('six.bin').waitFor()
    await button('Publish').click()
    await page.getByText(/stored on 5 of 5/).waitFor()
    const { value } = await backend.client.records.get({
      networkId,
      key: Buffer.from('/blob/file').toString('hex'),
    })
    expect(Buffer.from(value, 'base64')).toEqual(bytes)
  })
})

describe('a lookup', () => {
  test('is saved in every format, and redacted without a single peer id', async () => {
    const { id } = await backend.client.operations.start({ networkId, kind: 'CLOSEST_PEERS', key })
    const { closest } = await backend.client.operations.result({ id })
    await goTo(`/lookups/${id}`)
    const texts: string[] = []
    for (const format of ['NDJSON', 'JSON', 'CSV', 'Chrome Trace Event']) texts.push(await exported(format))
    const [ndjson = '', json = '', csv = '', chrome = ''] = texts
    const peer = closest[0]?.id ?? ''
    for (const text of texts) expect(text).toContain(peer)
    expect(
      ndjson
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)).length,
    ).toBeGreaterThan(closest.length)
    expect(JSON.parse(json)).toBeTypeOf('object')
    expect(csv.split('\n').length).toBeGreaterThan(closest.length)
    expect(JSON.parse(chrome)).toHaveProperty('traceEvents')
    await dialog('Export').getByRole('switch').check()
    for (const format of ['NDJSON', 'JSON', 'CSV', 'Chrome Trace Event']) {
      const redacted = await exported(format)
      for (const { id: closestId } of closest) expect(redacted).not.toContain(closestId)
    }
    await page.keyboard.press('Escape')
  })

  test('older requests than the feed brings are fetched when asked for', async () => {
    // Each asks about seven peers, and the feed begins with the latest 500 requests.
    const keys = Array.from({ length: 90 }, (_, index) => `/note/${index}`)
    await Promise.all(keys.map((each) => lookUp(each)))
    await goTo('/rpcs')
    await page.reload()
    const head = region('RPC log').locator('header')
    await page.getByRole('grid', { name: 'Messages' }).getByText('FIND_NODE').first().waitFor()
    const before = await numberIn(head)
    await button('Older').click()
    await expect.poll(() => numberIn(head), slow).toBeGreaterThan(before)
    const times = await page
      .getByRole('grid', { name: 'Messages' })
      .locator('time')
      .evaluateAll((elements) => elements.map((element) => element.getAttribute('datetime') ?? ''))
    expect(times).toEqual(times.toSorted().reverse())
  })
})

describe('the connection', () => {
  test('is taken up again by itself, with what happened meanwhile', async () => {
    await goTo('/lookups')
    await served.drop()
    const { id } = await backend.client.operations.start({
      networkId,
      kind: 'GET_VALUE',
      key: '/note/dropped',
    })
    await backend.client.operations.result({ id })
    await page.getByRole('listbox', { name: 'Lookups, newest first' }).getByText('/note/dropped').waitFor()
    await page.getByText('No connection to the backend.').waitFor({ state: 'detached' })
  })

  test('while there is none, a banner says what was shown then and what to do', async () => {
    await served.cut()
    const banner = page.getByRole('alert').filter({ hasText: 'No connection to the backend.' })
    await banner.getByText('start it again and open the address it prints').waitFor()
    await page.getByRole('listbox', { name: 'Lookups, newest first' }).getByText('/note/dropped').waitFor()
    await screen(/Validators/).click()
    await page.getByRole('list', { name: 'Validators by namespace' }).waitFor()
    served.mend()
    await banner.waitFor({ state: 'detached' })
  })
})

describe('a network of one’s own', () => {
  let other: OtherPeer

  beforeAll(async () => {
    other = await OtherPeer.start(protocol)
  })

  afterAll(() => other?.stop())

  test('is described, and joined after a warning, since strangers may be in it', async () => {
    await describeNetwork('Two nodes', { 'Bootstrap peers': other.address })
    await button('Join Two nodes').click()
    await dialog('Join Two nodes?').getByText('strangers see your IP address').waitFor()
    await dialog('Join Two nodes?').getByRole('button', { name: 'Join the public network' }).click()
    await page.getByRole('button', { name: /^Two nodes/ }).waitFor()
    await expect.poll(() => numberIn(screen(/Routing table/)), slow).toBe(1)
  })

  test('nothing is published there before it was said to whom, and confirmed', async () => {
    await goTo(`/records?key=${encodeURIComponent('/v/hello')}`)
    await page.getByRole('textbox', { name: 'Value' }).fill('hello')
    await button('Publish').click()
    const question = dialog('Publish to Two nodes?')
    await question.getByText('machines of people you do not know').waitFor()
    await question.getByRole('button', { name: 'Cancel' }).click()
    expect((await puts()).length).toBe(0)
    await button('Publish').click()
    await question.getByRole('button', { name: 'Publish' }).click()
    await page.getByText(/stored on 1 of 1/).waitFor()
    expect((await puts()).length).toBe(1)
  })

  test('a lookup that waits is shown as it runs, and can be cancelled', async () => {
    other.silence()
    await goTo('/lookups?new=1')
    await dialog('New lookup').getByRole('textbox', { name: 'Key' }).fill('/v/silence')
    await dialog('New lookup').getByRole('button', { name: 'Look up' }).click()
    const head = region('Lookup')
    await head.getByText('Running', { exact: true }).waitFor()
    await head.getByText('so far').waitFor()
    const list = page.getByRole('listbox', { name: 'Lookups, newest first' })
    await list.getByRole('option', { selected: true }).filter({ hasText: 'running' }).waitFor()
    await head.getByRole('button', { name: 'Cancel' }).click()
    await head.getByText('ended: cancelled').waitFor()
  })
})

describe('without a running network', () => {
  test('a network that cannot start says why, and what can be done', async () => {
    await describeNetwork('Nowhere', { 'Listen on': '/ip4/192.0.2.1/tcp/4001' })
    await button('Join Nowhere').click()
    await dialog('Join Nowhere?').getByRole('button', { name: 'Join the public network' }).click()
    await page.getByText('Nowhere could not be joined.').waitFor()
    await page
      .getByRole('alert')
      .getByText(/Could not listen on \/ip4\/192\.0\.2\.1.*Choose another address/)
      .waitFor()
    await button('Choose a network').click()
    await dialog('Networks').getByRole('button', { name: 'Try again' }).waitFor()
    await page.keyboard.press('Escape')
  })

  test.each([
    [/Routing table/, 'There is no routing table.'],
    [/Lookups/, 'No lookup'],
    [/RPC log/, 'No message has been exchanged yet.'],
    [/Records/, 'No network runs.'],
    [/Validators/, 'No network runs.'],
    [/Settings/, 'No node runs'],
  ])('the screen %s says so', async (name, wanted) => {
    await screen(name).click()
    await page.getByText(wanted).first().waitFor()
  })
})

async function lookUp(wanted: string): Promise<void> {
  const { id } = await backend.client.operations.start({ networkId, kind: 'CLOSEST_PEERS', key: wanted })
  await backend.client.operations.result({ id })
}

/** Fills in the form for a network, adds it, and leaves it chosen in the open dialog. */
async function describeNetwork(name: string, fields: Record<string, string>): Promise<void> {
  await goTo('/overview')
  await button('Join another network').click()
  await button('Describe another…').click()
  const all = { Name: name, 'Protocol id': protocol, ...fields }
  for (const [label, value] of Object.entries(all))
    await page.getByRole('textbox', { name: label }).fill(value)
  await page.getByText('Refuse records of namespaces without a validator').click()
  await button('Add the network').click()
}

async function puts(): Promise<unknown[]> {
  const active = await backend.follow((event) =>
    event.type === 'snapshot:taken' ? event.snapshot.activeNetworkId : undefined,
  )
  return (await backend.client.operations.list({ networkId: active, kinds: ['PUT_VALUE'] })).rows
}

/** The text of the file that the Export menu saves. */
async function exported(format: string): Promise<string> {
  const item = dialog('Export').getByRole('button', { name: new RegExp(`^${format}`) })
  if (!(await item.isVisible())) await button('Export').click()
  const [download] = await Promise.all([page.waitForEvent('download'), item.click()])
  return z
    .string()
    .min(1)
    .parse(readFileSync(await download.path(), 'utf8'))
}
