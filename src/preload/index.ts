import { ipcRenderer } from 'electron'
import { PORT_CHANNEL, PORT_MESSAGE_TYPE } from '../shared/port-message.ts'

// A port does not pass through contextBridge; a window message takes it to the page, and the origin sees to it that
// no other page gets it.
ipcRenderer.on(PORT_CHANNEL, ({ ports }) => {
  window.postMessage({ type: PORT_MESSAGE_TYPE }, location.origin, ports)
})

// By then the page's script, a deferred one, listens.
window.addEventListener('DOMContentLoaded', () => ipcRenderer.send(PORT_CHANNEL))
