import type { ClientContext, ClientLink } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as WebSocketLink } from '@orpc/client/websocket'
import { PORT_MESSAGE_TYPE } from '../shared/port-message.ts'

/** An open way to the backend. */
export interface Transport {
  readonly link: ClientLink<ClientContext>
  /** Settles when the other side is gone, with why in a sentence. */
  readonly closed: Promise<string>
  close(): void
}

const TOKEN_KEY = 'kadscope:token'

/**
 * Opens the transport of this host: the WebSocket at `/rpc` for a page that
 * came over HTTP, else the MessagePort that Electron's preload hands over.
 * Rejects when it cannot be opened or `signal` aborts.
 */
export function openTransport(signal: AbortSignal): Promise<Transport> {
  return location.protocol.startsWith('http') ? openWebSocket(signal) : openPort(signal)
}

/** The token this page was opened with, kept for as long as the tab lives so that a reload finds it. */
export function pageToken(url: URL = new URL(location.href)): string | undefined {
  const inFragment = new URLSearchParams(url.hash.replace(/^#\/?\??/, '')).get('token')
  const given = url.searchParams.get('token') ?? inFragment
  if (given !== null) sessionStorage.setItem(TOKEN_KEY, given)
  return given ?? sessionStorage.getItem(TOKEN_KEY) ?? undefined
}

function openWebSocket(signal: AbortSignal): Promise<Transport> {
  const url = new URL('/rpc', location.href)
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
  url.searchParams.set('token', pageToken() ?? '')
  const websocket = new WebSocket(url)
  const closed = new Promise<string>((resolve) => {
    websocket.addEventListener('close', ({ reason }) => resolve(reason), { once: true })
  })
  return new Promise((resolve, reject) => {
    const abort = () => websocket.close()
    signal.addEventListener('abort', abort, { once: true })
    const link = new WebSocketLink({ websocket })
    websocket.addEventListener('open', () => resolve({ link, closed, close: abort }), { once: true })
    void closed.then((reason) => {
      signal.removeEventListener('abort', abort)
      reject(new Error(reason || 'The backend refused the connection or does not run.'))
    })
  })
}

/** The preload may hand over the port before the app asks for it, so it is listened for from the first moment. */
const waitingPorts: MessagePort[] = []
let takePort: ((port: MessagePort) => void) | undefined

window.addEventListener('message', (event) => {
  const data: unknown = event.data
  const [port] = event.ports
  if (event.source !== window || port === undefined) return
  if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== PORT_MESSAGE_TYPE)
    return
  if (takePort === undefined) waitingPorts.push(port)
  else takePort(port)
})

async function openPort(signal: AbortSignal): Promise<Transport> {
  const port = waitingPorts.pop() ?? (await nextPort(signal))
  const closed = new Promise<string>((resolve) => {
    port.addEventListener('close', () => resolve('The application closed the connection.'), { once: true })
  })
  port.start()
  return { link: new PortLink({ port }), closed, close: () => port.close() }
}

function nextPort(signal: AbortSignal): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    takePort = (port) => {
      takePort = undefined
      resolve(port)
    }
    signal.addEventListener('abort', () => reject(new Error('The connection is not wanted any more.')), {
      once: true,
    })
  })
}
