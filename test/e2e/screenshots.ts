import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { launchChromium } from './support/browser.ts'
import { ServedBackend } from './support/served-backend.ts'

/** npm run screenshots [-- FOLDER]: every screen of the running app, in both themes and sizes. Default: docs/screenshots. */
const folder = process.argv[2] ?? join(import.meta.dirname, '..', '..', 'docs', 'screenshots')

const themes = ['dark', 'light'] as const
const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
] as const

const validator = `// A note: JSON with a text and a version; the highest version wins.
function validate(key, value, now) {
  const { text, version } = value.json()
  if (typeof text !== 'string' || text === '') return 'text must not be empty.'
  if (!Number.isSafeInteger(version)) return 'version must be a whole number.'
}

function select(key, values, now) {
  const versions = values.map((value) => value.json().version)
  return versions.indexOf(Math.max(...versions))
}`

const networkId = 'sandbox'
const key = '/note/hello'

/** What the pictures show of what was done. */
interface Doings {
  /** A get that took the most hops of some. */
  lookupId: string
  putId: string
}

/** Something of everything: a validator, values in two versions, providers, lookups of every kind. */
async function exercise(backend: ServedBackend): Promise<Doings> {
  const { client } = backend
  const run = async (input: Parameters<typeof client.operations.start>[0]) => {
    const { id } = await client.operations.start(input)
    return (await client.operations.result({ id })).operation
  }
  await backend.follow((event) =>
    event.type === 'peers:changed' && event.changed.length > 0 ? true : undefined,
  )
  const definition = { kind: 'javascript' as const, source: validator }
  await client.validators.register({ networkId, namespace: 'note', definition })
  const note = (version: number) => ({
    encoding: 'utf8' as const,
    data: JSON.stringify({ text: 'hello, dht', version }),
  })
  for (const name of ['motd', 'todo/2026-11', 'config', 'draft', 'old/one']) {
    await run({ networkId, kind: 'PUT_VALUE', key: `/note/${name}`, value: note(name.length) })
  }
  const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
  await run({ networkId, kind: 'PROVIDE', key: cid })
  await run({ networkId, kind: 'FIND_PROVIDERS', key: cid })
  const gets = []
  for (const name of ['motd', 'todo/2026-11', 'config', 'draft', 'old/one', 'nothing']) {
    gets.push(await run({ networkId, kind: 'GET_VALUE', key: `/note/${name}` }))
  }
  await run({ networkId, kind: 'PUT_VALUE', key, value: note(1) })
  const put = await run({ networkId, kind: 'PUT_VALUE', key, value: note(2) })
  gets.push(await run({ networkId, kind: 'GET_VALUE', key }))
  const [longest] = gets.sort((a, b) => b.counts.hops - a.counts.hops || b.counts.asked - a.counts.asked)
  return { lookupId: longest?.id ?? put.id, putId: put.id }
}

/** Each screen by the name of its picture: its route, and what must be on it before the picture is taken. */
function screens({
  lookupId,
  putId,
}: Doings): { name: string; route: string; ready: (page: Page) => Promise<unknown> }[] {
  const text = (wanted: string | RegExp) => (page: Page) => page.getByText(wanted).first().waitFor()
  const inGrid = (wanted: string | RegExp) => (page: Page) =>
    page.getByRole('grid').getByText(wanted).first().waitFor()
  const records = new URLSearchParams({ key, put: putId })
  return [
    { name: 'overview', route: '/overview', ready: text('Requests per second, by type') },
    { name: 'routing-table', route: '/table', ready: inGrid(/^12D3…/) },
    { name: 'lookup', route: `/lookups/${lookupId}`, ready: text('Distance × time') },
    { name: 'rpc-log', route: '/rpcs', ready: inGrid(/^12D3…/) },
    {
      name: 'records',
      route: `/records?${records}`,
      ready: async (page) => {
        await page.getByRole('button', { name: 'Resolve', exact: true }).click()
        await page.getByRole('region', { name: 'Resolve' }).getByText('selected').waitFor()
      },
    },
    { name: 'validators', route: '/validators/note', ready: text('validate(key, value, now)') },
    { name: 'settings', route: '/settings', ready: text('Theme') },
  ]
}

async function takeAll(browser: Browser, url: string, doings: Doings): Promise<void> {
  for (const theme of themes) {
    for (const viewport of sizes) {
      const context = await browser.newContext({ viewport, colorScheme: theme })
      const page = await context.newPage()
      await page.goto(url)
      for (const { name, route, ready } of screens(doings)) {
        await page.goto(`${url.split('#')[0]}#${route}`)
        await ready(page)
        // Charts draw on the frame after their data.
        await page.evaluate(
          () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
        )
        await page.screenshot({ path: join(folder, `${name}-${theme}-${viewport.width}.png`) })
      }
      await context.close()
    }
  }
}

const home = mkdtempSync(join(tmpdir(), 'kadscope-screenshots-'))
mkdirSync(folder, { recursive: true })
const backend = await ServedBackend.start(home)
const browser = await launchChromium()
try {
  await takeAll(browser, backend.url, await exercise(backend))
  process.stdout.write(`The pictures are in ${folder}\n`)
} finally {
  await browser.close()
  await backend.stop()
  rmSync(home, { recursive: true, force: true })
}
