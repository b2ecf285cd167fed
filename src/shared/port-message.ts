/** `type` of the window message by which the preload hands the page its MessagePort (`event.ports[0]`). */
export const PORT_MESSAGE_TYPE = 'kadscope:port'

/** Channel by which the preload asks Electron's main process for that port, and is sent it. The only one there is. */
export const PORT_CHANNEL = 'kadscope:port'
