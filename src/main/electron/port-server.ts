import {
  type BrowserWindow,
  type IpcMainEvent,
  ipcMain,
  MessageChannelMain,
  type WebFrameMain,
} from 'electron'
import { PORT_CHANNEL } from '../../shared/port-message.ts'
import type { App } from '../app.ts'
import { EXPLORER_ORIGIN } from './explorer-files.ts'

/** Gives the window's page a port to the application whenever its preload asks: at its start, and after each reload. */
export function servePorts(window: BrowserWindow, app: Pick<App, 'attachPort'>): void {
  let detach = () => {}
  const answer = ({ senderFrame }: IpcMainEvent) => {
    if (!isExplorer(senderFrame, window)) return
    // Of the page that was there before nothing is left to listen.
    detach()
    detach = givePort(senderFrame, app)
  }
  ipcMain.on(PORT_CHANNEL, answer)
  window.once('closed', () => {
    ipcMain.off(PORT_CHANNEL, answer)
    detach()
  })
}

/** Makes a channel: one end for the application, the other for the frame. Returns what closes it. */
function givePort(frame: WebFrameMain, app: Pick<App, 'attachPort'>): () => void {
  const { port1, port2 } = new MessageChannelMain()
  const detach = app.attachPort(port1)
  port1.start()
  frame.postMessage(PORT_CHANNEL, undefined, [port2])
  return detach
}

/** True for the window's own main frame while it shows the explorer: no sub-frame, no other page, no other window. */
function isExplorer(frame: WebFrameMain | null, window: BrowserWindow): frame is WebFrameMain {
  return frame !== null && frame === window.webContents.mainFrame && frame.origin === EXPLORER_ORIGIN
}
