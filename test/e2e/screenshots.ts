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

/** Something of everything: a validator, values in two versions, providers, lookups of every kind. */
async function exercise(backend: ServedBackend): Promise<string> {
  const { client } = backend
  const run = async (input: Parameters<typeof client.operations.start>[0]) => {
    const { id } = await client.operations.start(input)
    await client.operations.result({ id })
    return id
  }
  await backend.follow((event) =>
    event.type === 'peers:changed' && event.changed.length > 0 ? true : undefined,
  )
  await client.validators.register({
    networkId,
    namespace: 'note',
    definition: { kind: 'javascript', source: validator },
  })
  const note = (version: number) => ({
    encoding: 'utf8' as const,
    data: JSON.stringify({ text: 'hello, dht', version }),
  })
  for (const version of [1, 2]) await run({ networkId, kind: 'PUT_VALUE', key, value: note(version) })
  for (const name of ['motd', 'todo/2026-11', 'config']) {
    await run({ networkId, kind: 'PUT_VALUE', key: `/note/${name}`, value: note(name.length) })
  }
  const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
  await run({ networkId, kind: 'PROVIDE', key: cid })
  await run({ networkId, kind: 'FIND_PROVIDERS', key: cid })
  for (const word of ['one', 'two', 'three'])
    await run({ networkId, kind: 'CLOSEST_PEERS', key: `/note/${word}` })
  return run({ networkId, kind: 'GET_VALUE', key })
}

/** Each screen by the name of its picture: its route, and what must be on it before the picture is taken. */
function screens(
  lookupId: string,
): { name: string; route: string; ready: (page: Page) => Promise<unknown> }[] {
  const text = (wanted: string | RegExp) => (page: Page) => page.getByText(wanted).first().waitFor()
  return [
    { name: 'overview', route: '/overview', ready: text('Requests per second, by type') },
    { name: 'routing-table', route: '/table', ready: text(/^12D3…/) },
    { name: 'lookup', route: `/lookups/${lookupId}`, ready: text('Distance × time') },
    { name: 'rpc-log', route: '/rpcs', ready: text('GET_VALUE') },
    { name: 'records', route: `/records?key=${encodeURIComponent(key)}`, ready: text('Valid key.') },
    { name: 'validators', route: '/validators/note', ready: text('Samples') },
    { name: 'settings', route: '/settings', ready: text('Settings') },
  ]
}

async function takeAll(browser: Browser, url: string, lookupId: string): Promise<void> {
  for (const theme of themes) {
    for (const viewport of sizes) {
      const context = await browser.newContext({ viewport, colorScheme: theme })
      const page = await context.newPage()
      await page.goto(url)
      for (const { name, route, ready } of screens(lookupId)) {
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
  const lookupId = await exercise(backend)
  await takeAll(browser, backend.url, lookupId)
  process.stdout.write(`The pictures are in ${folder}\n`)
} finally {
  await browser.close()
  await backend.stop()
  rmSync(home, { recursive: true, force: true })
}
