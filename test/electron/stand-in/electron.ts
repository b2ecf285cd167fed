// The module `electron` for the built main bundle: as much of it as the shell uses, refusing what Electron refuses.
import { EventEmitter, once } from 'node:events'
import { existsSync } from 'node:fs'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Command, Report } from './messages.ts'
import { Page } from './page.ts'

const PAGE_CHANNEL = 'kadscope:port'

export function report(message: Report): void {
  process.send?.(message)
}

class StandInApp extends EventEmitter {
  isReady = false
  readonly #paths = new Map<string, string>()

  getAppPath(): string {
    return process.argv[1] ?? ''
  }
  setPath(name: string, path: string): void {
    if (this.isReady) throw new Error('A path is set too late.')
    this.#paths.set(name, path)
  }
  getPath(name: string): string {
    return this.#paths.get(name) ?? ''
  }
  requestSingleInstanceLock(): boolean {
    return true
  }
  enableSandbox(): void {
    if (this.isReady) throw new Error('app.enableSandbox() can only be called before app is ready')
  }
  async whenReady(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    this.isReady = true
  }
  quit(): void {
    let isPrevented = false
    const event = {
      preventDefault: () => {
        isPrevented = true
      },
    }
    this.emit('before-quit', event)
    if (!isPrevented) this.emit('will-quit', event)
    if (!isPrevented) this.exit(0)
  }
  exit(code = 0): void {
    process.exitCode = code
    process.disconnect?.()
    process.exit(code)
  }
}

export const app = new StandInApp()

/** A port of the main process: an emitter that is silent until it is started. */
class MessagePortMain extends EventEmitter {
  readonly inner: MessagePort

  constructor(inner: MessagePort) {
    super()
    this.inner = inner
    inner.on('close', () => this.emit('close'))
  }
  start(): void {
    this.inner.on('message', (data) => this.emit('message', { data, ports: [] }))
  }
  postMessage(data: unknown, transfer: unknown[] = []): void {
    if (transfer.length > 0) throw new Error('The stand-in transfers nothing through a port.')
    this.inner.postMessage(data)
  }
  close(): void {
    this.inner.close()
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain
  readonly port2: MessagePortMain

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new MessagePortMain(port1)
    this.port2 = new MessagePortMain(port2)
  }
}

export const ipcMain = new EventEmitter()

type Privileges = { scheme: string; privileges: { standard?: boolean; secure?: boolean } }
type Handler = (request: Request) => Promise<Response>
const standardSchemes = new Set<string>()
const handlers = new Map<string, Handler>()

export const protocol = {
  registerSchemesAsPrivileged(schemes: Privileges[]): void {
    if (app.isReady)
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    for (const { scheme, privileges } of schemes) if (privileges.standard) standardSchemes.add(scheme)
  },
  handle(scheme: string, handler: Handler): void {
    if (!app.isReady) throw new Error('protocol.handle can only be called after app is ready')
    handlers.set(scheme, handler)
  },
}

async function fetchPage(url: string): Promise<Response> {
  const scheme = url.slice(0, url.indexOf(':'))
  const handler = handlers.get(scheme)
  if (handler === undefined || !standardSchemes.has(scheme))
    throw new Error(`ERR_UNKNOWN_URL_SCHEME (${url})`)
  return handler(new Request(url))
}

type PermissionHandler = (
  contents: WebContents,
  permission: string,
  answer: (isGranted: boolean) => void,
  details: { requestingUrl: string },
) => void
type PermissionCheck = (contents: WebContents | null, permission: string, origin: string) => boolean

/** Without handlers Electron grants everything. */
let askPermission: PermissionHandler = (_contents, _permission, answer) => answer(true)
let checkPermission: PermissionCheck = () => true

export const session = {
  defaultSession: {
    setPermissionRequestHandler(handler: PermissionHandler): void {
      askPermission = handler
    },
    setPermissionCheckHandler(handler: PermissionCheck): void {
      checkPermission = handler
    },
  },
}

class Frame {
  readonly origin: string
  readonly page: Page | undefined

  constructor(origin: string, page?: Page) {
    this.origin = origin
    this.page = page
  }
  postMessage(channel: string, message: unknown, transfer: MessagePortMain[] = []): void {
    if (transfer.some((port) => !(port instanceof MessagePortMain)))
      throw new TypeError('Invalid value for transfer')
    this.page?.receive(
      channel,
      [message],
      transfer.map(({ inner }) => inner),
    )
    if (this.page === undefined)
      report({ type: 'refused', message: `A port was given to a frame of ${this.origin}.` })
  }
}

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' }

class WebContents extends EventEmitter {
  mainFrame = new Frame('null')
  openHandler: OpenHandler = () => ({ action: 'allow' })
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }
}

interface WindowOptions {
  webPreferences: Record<string, unknown> & { preload: string }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents()
  readonly #options: WindowOptions
  #url = ''
  #port: MessagePort | undefined

  constructor(options: WindowOptions) {
    super()
    if (!app.isReady) throw new Error('Cannot create BrowserWindow before app is ready')
    if (!existsSync(options.webPreferences.preload)) throw new Error('The preload is missing.')
    this.#options = options
    windows.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }
  isMinimized(): boolean {
    return false
  }
  show(): void {}
  restore(): void {}
  focus(): void {
    report({ type: 'raised' })
  }
  async loadURL(url: string): Promise<void> {
    this.#url = url
    const { webPreferences } = this.#options
    report({ type: 'window', webPreferences, url })
    await this.load()
  }
  /** Loads the page anew, as a reload does. */
  async load(): Promise<void> {
    this.#port?.close()
    const response = await fetchPage(this.#url)
    if (!response.ok) throw new Error(`The page answers ${response.status}.`)
    const origin = this.#url.slice(0, this.#url.indexOf('/', this.#url.indexOf('//') + 2))
    const page = new Page({
      origin,
      preload: this.#options.webPreferences.preload,
      send: (channel, args) => ipcMain.emit(channel, { senderFrame: this.webContents.mainFrame }, ...args),
      onMessage: ({ data, ports }) => this.#takePort(data, ports),
    })
    this.webContents.mainFrame = new Frame(origin, page)
    page.load()
    this.emit('ready-to-show')
  }
  sendThroughPort(data: unknown): void {
    this.#port?.postMessage(data)
  }
  close(): void {
    this.#port?.close()
    this.emit('closed')
    windows.splice(windows.indexOf(this), 1)
    if (windows.length === 0) app.emit('window-all-closed')
  }

  /** What the page does with its window messages: it takes its port and lets the parent use it. */
  #takePort(data: unknown, [port]: MessagePort[]): void {
    if (JSON.stringify(data) !== JSON.stringify({ type: PAGE_CHANNEL }) || port === undefined) return
    this.#port = port
    port.on('message', (message: unknown) => report({ type: 'port', data: message }))
    port.on('close', () => report({ type: 'port-closed' }))
    report({ type: 'port-opened' })
  }
}

const windows: BrowserWindow[] = []

export const shell = {
  async openExternal(url: string): Promise<void> {
    report({ type: 'link-opened', url })
  },
}

export const dialog = {
  showErrorBox(title: string, content: string): void {
    report({ type: 'error-box', title, content })
  },
}

export const Menu = {
  buildFromTemplate: (template: { role?: string }[]) => template,
  setApplicationMenu(menu: { role?: string }[]): void {
    report({ type: 'menu', roles: menu.map(({ role }) => role ?? '') })
  },
}

/** Does what the parent asks, and reports what it came to. */
export async function obey(command: Command): Promise<void> {
  const [window] = windows
  if (window === undefined) throw new Error('There is no window.')
  if (command.type === 'port') return window.sendThroughPort(command.data)
  const { outcome, detail } = await outcomeOf(command, window)
  report({ type: 'outcome', command: command.type, outcome, ...(detail && { detail }) })
}

interface Outcome {
  outcome: string
  detail?: Record<string, string>
}

async function outcomeOf(
  command: Exclude<Command, { type: 'port' }>,
  window: BrowserWindow,
): Promise<Outcome> {
  const { webContents } = window
  switch (command.type) {
    case 'navigate':
      return { outcome: navigate(webContents, command) }
    case 'open-window':
      return { outcome: webContents.openHandler({ url: command.url }).action }
    case 'ask-permission':
      return { outcome: await permissionFor(webContents, command) }
    case 'fetch': {
      const response = await fetchPage(command.url)
      return { outcome: String(response.status), detail: Object.fromEntries(response.headers) }
    }
    case 'foreign-ask': {
      const frame = new Frame(command.origin)
      if (command.isMainFrame) webContents.mainFrame = frame
      ipcMain.emit(PAGE_CHANNEL, { senderFrame: frame })
      return { outcome: 'asked' }
    }
    case 'reload':
      await window.load()
      return { outcome: 'loaded' }
    case 'start-again':
      app.emit('second-instance', {}, [], '')
      return { outcome: 'told' }
    case 'quit':
      window.close()
      return { outcome: 'closed' }
  }
}

function navigate(contents: WebContents, { url, frame }: Extract<Command, { type: 'navigate' }>): string {
  let outcome = 'allowed'
  const details = {
    url,
    preventDefault: () => {
      outcome = 'denied'
    },
  }
  contents.emit('will-frame-navigate', details)
  if (frame === 'main') contents.emit('will-navigate', details)
  return outcome
}

async function permissionFor(
  contents: WebContents,
  { permission, url }: Extract<Command, { type: 'ask-permission' }>,
): Promise<string> {
  const answers = new EventEmitter()
  const answered = once(answers, 'answer')
  askPermission(contents, permission, (isGranted) => answers.emit('answer', isGranted), {
    requestingUrl: url,
  })
  const [isGranted] = await answered
  const origin = url.slice(0, url.indexOf('/', url.indexOf('//') + 2) + 1)
  return isGranted === true && checkPermission(contents, permission, origin) ? 'granted' : 'denied'
}
