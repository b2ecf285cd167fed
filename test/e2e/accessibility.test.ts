import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from './support/browser.ts'
import { ServedBackend } from './support/served-backend.ts'

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const networkId = 'sandbox'
const key = '/note/hello'

let home = ''
let backend: ServedBackend
let browser: Browser
let lookupId = ''
let peerId = ''

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kadscope-access-'))
  backend = await ServedBackend.start(home)
  browser = await launchChromium()
  peerId = await backend.follow((event) =>
    event.type === 'peers:changed' ? event.changed.find(({ state }) => state === 'live')?.id : undefined,
  )
  const { client } = backend
  await client.validators.register({ networkId, namespace: 'note', definition: { kind: 'utf8' } })
  const value = { encoding: 'utf8' as const, data: 'hello' }
  const put = await client.operations.start({ networkId, kind: 'PUT_VALUE', key, value })
  await client.operations.result({ id: put.id })
  lookupId = (await client.operations.start({ networkId, kind: 'GET_VALUE', key })).id
  await client.operations.result({ id: lookupId })
})

afterAll(async () => {
  await browser?.close()
  await backend?.stop()
  rmSync(home, { recursive: true, force: true })
})

interface View {
  name: string
  route: () => string
  /** Brings up what is looked at, and waits for it. */
  open: (page: Page) => Promise<unknown>
}

const text = (wanted: string | RegExp) => (page: Page) => page.getByText(wanted).first().waitFor()
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()
const firstRow = (page: Page, name: string) =>
  page
    .getByRole('grid', { name })
    .getByRole('row')
    .nth(1)
    .click({ position: { x: 80, y: 12 } })

/** Every screen and what opens over it. */
const views: View[] = [
  { name: 'overview', route: () => '/overview', open: text('Requests per second, by type') },
  {
    name: 'networks',
    route: () => '/overview',
    open: async (page) => {
      await press(page, 'Join another network')
      await page.getByRole('dialog').getByText('Protocol').first().waitFor()
    },
  },
  {
    name: 'a network described',
    route: () => '/overview',
    open: async (page) => {
      await press(page, 'Join another network')
      await press(page, 'Describe another…')
      await page.getByRole('textbox', { name: 'Bootstrap peers' }).waitFor()
    },
  },
  {
    name: 'command palette',
    route: () => '/overview',
    open: async (page) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('textbox', { name: 'Find a peer, key, lookup or command' }).fill('note')
      await page.getByText('Use /note as a key').or(page.getByText('Use note as a key')).first().waitFor()
    },
  },
  { name: 'routing table', route: () => '/table', open: text(/^12D3…/) },
  {
    name: 'peer drawer',
    route: () => `/table/${peerId}`,
    open: (page) => page.getByRole('button', { name: 'Block…' }).waitFor(),
  },
  {
    name: 'confirmation',
    route: () => `/table/${peerId}`,
    open: async (page) => {
      await press(page, 'Block…')
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'lookups', route: () => '/lookups', open: text('No lookup is chosen.') },
  { name: 'new lookup', route: () => '/lookups?new=1', open: (page) => page.getByRole('dialog').waitFor() },
  { name: 'lookup', route: () => `/lookups/${lookupId}`, open: text('Evidence') },
  {
    name: 'export menu',
    route: () => `/lookups/${lookupId}`,
    open: async (page) => {
      await press(page, 'Export')
      await page.getByText('Chrome Trace Event').waitFor()
    },
  },
  {
    name: 'RPC log',
    route: () => '/rpcs',
    open: (page) =>
      page
        .getByRole('grid')
        .getByText(/^12D3…/)
        .first()
        .waitFor(),
  },
  {
    name: 'message',
    route: () => '/rpcs',
    open: async (page) => {
      await firstRow(page, 'Messages')
      await page.getByRole('tree', { name: 'Fields' }).or(page.getByText('were not kept')).first().waitFor()
    },
  },
  { name: 'records', route: () => `/records?key=${encodeURIComponent(key)}`, open: text('Valid key.') },
  {
    name: 'record chosen',
    route: () => '/records',
    open: async (page) => {
      await firstRow(page, 'Values this node holds')
      await page.getByRole('button', { name: /Delete/ }).waitFor()
    },
  },
  { name: 'providers', route: () => '/records?as=content&ns=:providers', open: text('Provider') },
  { name: 'validators', route: () => '/validators/note', open: text('Samples') },
  {
    name: 'new validator',
    route: () => '/validators',
    open: (page) => page.getByRole('textbox', { name: 'Namespace' }).waitFor(),
  },
  { name: 'settings', route: () => '/settings', open: text('Home folder') },
]

const themes = ['dark', 'light'] as const
const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
] as const
const settings = themes.flatMap((colorScheme) => sizes.map((viewport) => ({ colorScheme, viewport })))

describe.each(settings)('$colorScheme at $viewport.width × $viewport.height', ({ colorScheme, viewport }) => {
  let page: Page

  beforeAll(async () => {
    page = await (await browser.newContext({ viewport, colorScheme })).newPage()
  })

  afterAll(() => page?.context().close())

  test.each(views)('$name: nothing breaks WCAG 2.2 AA, and what is cut can be read in full', async (view) => {
    // A query of its own, so that the page is loaded anew and nothing of the view before is open.
    await page.goto(`${backend.url}&view=${encodeURIComponent(view.name)}#${view.route()}`)
    await view.open(page)
    const { violations } = await new AxeBuilder({ page }).withTags(wcag).analyze()
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([])
    expect(await page.evaluate(cutWithoutTitle)).toEqual([])
  })
})

/** Texts that end in an ellipsis and say nowhere what was cut. Runs in the page. */
function cutWithoutTitle(): string[] {
  return [...document.querySelectorAll('body *')]
    .filter((element) => {
      const isCut =
        getComputedStyle(element).textOverflow === 'ellipsis' && element.scrollWidth > element.clientWidth
      return isCut && element.closest('[title]') === null && element.querySelector('[title]') === null
    })
    .map(({ outerHTML }) => outerHTML.slice(0, 160))
}
