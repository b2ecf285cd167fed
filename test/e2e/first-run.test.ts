import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { PeerRow } from '../../src/shared/rows.ts'
import { launchChromium } from './support/browser.ts'
import { kadscope, ServedBackend } from './support/served-backend.ts'

/** Accepts JSON notes with a text; the highest version wins. */
const validator = `function validate(key, value) {
  const { text, version } = value.json()
  if (typeof text !== 'string' || text === '') return 'text must not be empty.'
  if (!Number.isSafeInteger(version)) return 'version must be a whole number.'
}
function select(key, values) {
  const versions = values.map((value) => value.json().version)
  return versions.indexOf(Math.max(...versions))
}`
const note = '{"text": "hello, dht", "version": 1}'

let home = ''
let backend: ServedBackend
let browser: Browser
let page: Page

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kadscope-story-'))
  backend = await ServedBackend.start(home)
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(30_000)
})

afterAll(async () => {
  await browser?.close()
  await backend?.stop()
  rmSync(home, { recursive: true, force: true })
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await page.screenshot({ path: `test-results/${task.name.slice(0, 40)}.png` })
})

const screen = (name: RegExp) => page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name })

/** A story: each part goes on where the one before it ended. */
describe('a first run', () => {
  test('opens on the Sandbox, joined, and buckets fill', async () => {
    await page.goto(backend.url)
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.getByRole('button', { name: /^Sandbox/ }).waitFor()
    await screen(/Routing table/).click()
    await page
      .getByRole('grid', { name: /peers/i })
      .getByText(/^12D3…/)
      .first()
      .waitFor()
    await expect
      .poll(async () => Number((await screen(/Routing table/).textContent())?.match(/\d+$/)?.[0]), slow)
      .toBeGreaterThan(7)
  })

  test('registers a JavaScript validator for /note', async () => {
    await screen(/Validators/).click()
    await page.getByRole('textbox', { name: 'Namespace' }).fill('note')
    await page.getByRole('textbox', { name: 'JavaScript of the validator' }).fill(validator)
    await page.getByRole('list', { name: 'Samples' }).getByText('version must be a whole number.').waitFor()
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('list', { name: 'Validators by namespace' }).getByText('/note').waitFor()
  })

  test('refuses a value with the validator’s reason before anything is sent', async () => {
    await screen(/Records/).click()
    await page.getByRole('textbox', { name: 'Key' }).fill('/note/hello')
    await page.getByRole('textbox', { name: 'Value' }).fill('{"text": "", "version": 1}')
    await page.getByText('text must not be empty.').waitFor()
    expect(await page.getByRole('button', { name: 'Publish', exact: true }).isDisabled()).toBe(true)
    const { rows } = await backend.client.operations.list({ networkId: 'sandbox', kinds: ['PUT_VALUE'] })
    expect(rows).toEqual([])
  })

  test('publishes a value, and tells of every peer whether it stored it', async () => {
    await page.getByRole('textbox', { name: 'Value' }).fill(note)
    await page.getByText('/note accepts it').waitFor()
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText(/stored on 5 of 5/).waitFor()
    expect(await page.getByRole('list', { name: 'Peers it was sent to' }).getByRole('listitem').count()).toBe(
      5,
    )
  })

  test('the value has travelled: a second process with an empty profile gets it through a node that does not hold it', async () => {
    const { rows } = await backend.client.operations.list({ networkId: 'sandbox', kinds: ['PUT_VALUE'] })
    const { stored = [] } = await backend.client.operations.result({ id: rows[0]?.id ?? '' })
    const holders = new Set(stored.map(({ peer }) => peer))
    const stranger = (await tablePeers()).find(({ id, address }) => !holders.has(id) && address !== undefined)
    const bootstrap = `${stranger?.address}/p2p/${stranger?.id}`
    const args = ['get', '/note/hello', '--protocol', '/kadscope/sandbox/kad/1.0.0', '--bootstrap', bootstrap]
    const got = await kadscope([...args, '--allow-unverified', '--json'])
    expect(got.stderr).toBe('')
    const { value, values } = getSchema.parse(JSON.parse(got.stdout))
    expect(Buffer.from(value, 'base64').toString()).toBe(note)
    for (const holder of values.flatMap(({ holders }) => holders)) expect(holder).not.toBe(stranger?.id)
  })

  test('resolves it, with every value seen and its holders', async () => {
    await page.getByRole('button', { name: 'Resolve', exact: true }).click()
    const found = page.getByRole('region', { name: 'Resolve' })
    await found.getByText('selected').waitFor()
    await found.getByText('{"text": "hello, dht", "version": 1}').waitFor()
  })

  test('opens its lookup with a waterfall, and exports it: both files hold the same requests', async () => {
    await page.getByRole('region', { name: 'Resolve' }).getByRole('link', { name: 'trace' }).click()
    await page
      .getByRole('listbox', { name: 'Requests in the order of sending' })
      .getByText(/12D3…/)
      .first()
      .waitFor()
    const chrome = chromeSchema.parse(JSON.parse(await exported('Chrome Trace Event')))
    const lines = (await exported('NDJSON')).trimEnd().split('\n')
    const sent = lines.flatMap((line) => sentSchema.safeParse(JSON.parse(line)).data?.event.rpcId ?? [])
    const drawn = chrome.traceEvents.flatMap(({ args }) => args?.rpcId ?? [])
    expect(sent.length).toBeGreaterThan(0)
    expect(drawn.sort()).toEqual(sent.sort())
  })

  test('after a restart records, validators and past lookups are still there', async () => {
    const past = await backend.client.operations.list({ networkId: 'sandbox', text: '/note/hello' })
    expect(await backend.stop()).toBe(0)
    backend = await ServedBackend.start(home)
    await page.goto(backend.url)
    await page.getByRole('button', { name: /^Sandbox/ }).waitFor()
    await screen(/Records/).click()
    await page.getByRole('grid', { name: 'Values this node holds' }).getByText('/note/hello').waitFor()
    await screen(/Validators/).click()
    await page.getByRole('list', { name: 'Validators by namespace' }).getByText('/note').waitFor()
    await screen(/Lookups/).click()
    const list = page.getByRole('listbox', { name: 'Lookups, newest first' })
    for (const kind of ['PUT_VALUE', 'GET_VALUE']) await list.getByText(kind).first().waitFor()
    const now = await backend.client.operations.list({ networkId: 'sandbox', text: '/note/hello' })
    expect(now.rows.map(({ id }) => id)).toEqual(past.rows.map(({ id }) => id))
  })
})

const slow = { timeout: 30_000, interval: 200 }
const getSchema = z.object({ value: z.string(), values: z.array(z.object({ holders: z.array(z.string()) })) })
const chromeSchema = z.object({
  traceEvents: z.array(z.object({ args: z.object({ rpcId: z.number().optional() }).optional() })),
})
const sentSchema = z.object({ event: z.object({ type: z.literal('rpc:sent'), rpcId: z.number() }) })

function tablePeers(): Promise<PeerRow[]> {
  return backend.follow((event) => (event.type === 'snapshot:taken' ? event.snapshot.peers : undefined))
}

/** The text of the file that the Export menu saves. */
async function exported(format: string): Promise<string> {
  const item = page.getByRole('dialog', { name: 'Export' }).getByRole('button', { name: format })
  if (!(await item.isVisible())) await page.getByRole('button', { name: 'Export', exact: true }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), item.click()])
  return readFileSync(await download.path(), 'utf8')
}
