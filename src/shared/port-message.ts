/** `type` of the window message by which the preload hands the page its MessagePort (`event.ports[0]`). */
export const PORT_MESSAGE_TYPE = 'kadscope:port'
