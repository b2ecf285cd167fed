import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { app, type BrowserWindow, dialog, type Event, protocol, session } from 'electron'
import { type App, createApp, resolveHome } from '../app.ts'
import { EXPLORER_SCHEME, explorerFile } from './explorer-files.ts'
import { openExplorerWindow, raise } from './explorer-window.ts'
import { setMenu } from './menu.ts'
import { servePorts } from './port-server.ts'
import { secureAllContents, secureSession } from './security.ts'

/** How long the node may take to leave the network and close its databases before the process ends without it. */
const CLOSE_WITHIN_MS = 15_000

const out = join(app.getAppPath(), 'out')
const home = resolveHome(homeOption())
let window: BrowserWindow | undefined
let kadscope: Promise<App> | undefined
let isClosing = false

// Each home has its own lock and browser data, so that two homes can be open at once.
app.setPath('userData', join(home, 'electron'))

if (app.requestSingleInstanceLock()) start()
else app.exit(0)

function start(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: EXPLORER_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
  secureAllContents()
  app.enableSandbox()
  app.on('second-instance', () => window && raise(window))
  app.on('window-all-closed', () => app.quit())
  app.on('will-quit', closeFirst)
  app.whenReady().then(open).catch(giveUp)
}

async function open(): Promise<void> {
  secureSession(session.defaultSession)
  protocol.handle(EXPLORER_SCHEME, (request) => explorerFile(join(out, 'renderer'), request))
  setMenu()
  kadscope = createApp({ host: 'electron', home })
  const running = await kadscope
  window = openExplorerWindow(join(out, 'preload', 'index.cjs'))
  servePorts(window, running)
  // How it goes is in the network's row; the explorer shows it, and what to do when it failed.
  running.join().catch((error: unknown) => running.log.warn(error, 'The network could not be joined.'))
  window.once('closed', () => {
    window = undefined
  })
}

/** Holds the end back until the node has stopped, also one that is only starting. */
function closeFirst(event: Event): void {
  if (kadscope === undefined) return
  event.preventDefault()
  if (isClosing) return
  isClosing = true
  setTimeout(() => app.exit(1), CLOSE_WITHIN_MS)
  kadscope
    .then((running) => running.close())
    .then(() => app.exit(0))
    .catch(giveUp)
}

function giveUp(error: unknown): void {
  dialog.showErrorBox('Kadscope had to stop', error instanceof Error ? error.message : String(error))
  app.exit(1)
}

/** `--home DIR`; other arguments are Chromium's. */
function homeOption(): string | undefined {
  const { values } = parseArgs({
    options: { home: { type: 'string' } },
    strict: false,
    allowPositionals: true,
  })
  return typeof values.home === 'string' ? values.home : undefined
}
