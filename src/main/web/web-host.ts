import { randomBytes } from 'node:crypto'
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import fastifyStatic from '@fastify/static'
import { type FastifyInstance, fastify } from 'fastify'
import { type WebSocket, WebSocketServer } from 'ws'
import type { App } from '../app.ts'
import { type Refusal, refusalOfOrigin, refusalOfToken } from './request-guard.ts'
import { securityHeaders } from './security-headers.ts'

export interface WebHostOptions {
  app: Pick<App, 'attachSocket'>
  /** 0: any that is free. */
  port: number
  /** Folder of the built explorer. */
  assets: string
  /** Default: a random one. */
  token?: string
}

/** The explorer and the contract, served on this machine. */
export interface WebHost {
  port: number
  token: string
  /** Address of the explorer, with the token. */
  url: string
  /** Closes every connection. Calling it twice is harmless. */
  close(): Promise<void>
}

/** The port cannot be listened on. */
export class PortUnavailableError extends Error {
  readonly code = 'ERR_PORT_UNAVAILABLE'

  constructor(port: number, cause: unknown) {
    const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
    const why = isTaken ? 'is in use by another program' : 'cannot be used'
    super(`Port ${port} ${why}: choose another with --web-port, or leave it out to take any that is free.`, {
      cause,
    })
    this.name = 'PortUnavailableError'
  }
}

/** Only this machine's own programs reach it; from afar use an SSH tunnel. */
const ADDRESS = '127.0.0.1'
/** Of one message: a test of a validator may bring many samples. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024
const RPC_PATH = '/rpc'

/**
 * Serves the explorer's files to anyone on this machine, and the contract at
 * `/rpc` to those with the token. Throws `PortUnavailableError`.
 */
export async function startWebHost({
  app,
  port,
  assets,
  token = newToken(),
}: WebHostOptions): Promise<WebHost> {
  const server = fastify({ logger: false, forceCloseConnections: true, bodyLimit: 1024 })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES })
  servePages(server, assets, token)
  server.server.on('upgrade', (request, socket, head) => {
    const refusal = refusalOf(request, token)
    if (refusal !== undefined) return refuse(socket, refusal)
    sockets.handleUpgrade(request, socket, head, (client) => app.attachSocket(client))
  })
  await listen(server, port)
  const bound = (server.server.address() as AddressInfo).port
  return {
    port: bound,
    token,
    url: `http://${ADDRESS}:${bound}/?token=${token}`,
    close: () => close(server, sockets),
  }
}

function servePages(server: FastifyInstance, assets: string, token: string): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders)
    const refusal = refusalOfOrigin(request.raw)
    if (refusal !== undefined) await reply.code(refusal.status).type('text/plain').send(refusal.text)
  })
  server.register(fastifyStatic, { root: assets, cacheControl: false, dotfiles: 'deny', index: 'index.html' })
  server.get(RPC_PATH, async (request, reply) => {
    const refusal = refusalOfToken(request.raw, token)
    reply.type('text/plain').code(refusal?.status ?? 426)
    return refusal?.text ?? 'This address speaks WebSocket.'
  })
  server.setNotFoundHandler(async (_request, reply) => {
    reply.type('text/plain').code(404)
    return 'There is nothing here: the explorer is at /.'
  })
}

function refusalOf(
  request: IncomingMessage,
  token: string,
): Refusal | { status: 404; text: string } | undefined {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname
  if (path !== RPC_PATH) return { status: 404, text: 'WebSocket is spoken at /rpc.' }
  return refusalOfOrigin(request) ?? refusalOfToken(request, token)
}

/** Answers before the protocol is switched: the client reads why. */
function refuse(socket: Duplex, { status, text }: { status: number; text: string }): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
    ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`)
}

async function listen(server: FastifyInstance, port: number): Promise<void> {
  try {
    await server.listen({ host: ADDRESS, port })
  } catch (cause) {
    throw new PortUnavailableError(port, cause)
  }
}

async function close(server: FastifyInstance, sockets: WebSocketServer): Promise<void> {
  const clients: Set<WebSocket> = sockets.clients
  for (const client of clients) client.close(1001, 'Kadscope is closing.')
  sockets.close()
  await server.close()
  for (const client of clients) client.terminate()
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}
