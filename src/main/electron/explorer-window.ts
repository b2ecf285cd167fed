import { BrowserWindow } from 'electron'
import { EXPLORER_URL } from './explorer-files.ts'

/**
 * The window, shown when its first frame is drawn.
 * @param preload path of the preload's bundle: CommonJS, as a sandboxed window demands
 */
export function openExplorerWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Kadscope',
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 560,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  void window.loadURL(EXPLORER_URL)
  return window
}

/** Brings the window before the user. */
export function raise(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
