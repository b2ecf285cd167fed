import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PORT_CHANNEL, PORT_MESSAGE_TYPE } from '../../src/shared/port-message.ts'

const preload = readFileSync(join(import.meta.dirname, '..', '..', 'out', 'preload', 'index.cjs'), 'utf8')
let browser: Browser

beforeAll(async () => {
  const executablePath = process.env.CHROMIUM_PATH
  browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] })
})
afterAll(() => browser.close())

/** Stands for `electron`: answers the preload's question with a port whose other end says everything back. */
const electron = `const require = (name) => {
  if (name !== 'electron') throw new Error('module not found: ' + name)
  let listener = () => {}
  const send = (channel) => {
    if (channel !== ${JSON.stringify(PORT_CHANNEL)}) throw new Error('unknown channel ' + channel)
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => port1.postMessage(data)
    listener({ ports: [port2] })
  }
  return { ipcRenderer: { on: (_channel, given) => { listener = given }, send } }
}`

test('the built preload hands the page a port that works, in Chromium', async () => {
  const page = await browser.newPage()
  await page.addInitScript(`(() => { ${electron}; ${preload} })()`)
  await page.addInitScript(`window.messages = []
    window.addEventListener('message', (event) => window.messages.push(event))`)
  await page.route('http://kadscope.test/', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<p>' }),
  )
  await page.goto('http://kadscope.test/')
  await page.waitForFunction('window.messages.length > 0')
  const seen = await page.evaluate(`(async () => {
    const [{ data, ports, origin, source }] = window.messages
    const answer = new Promise((resolve) => { ports[0].onmessage = (event) => resolve(event.data) })
    ports[0].postMessage('ping')
    return { data, origin, isOwn: source === window, count: ports.length, answer: await answer }
  })()`)
  expect(seen).toEqual({
    data: { type: PORT_MESSAGE_TYPE },
    origin: 'http://kadscope.test',
    isOwn: true,
    count: 1,
    answer: 'ping',
  })
})
