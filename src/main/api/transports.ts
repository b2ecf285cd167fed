import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import { RPCHandler as SocketHandler } from '@orpc/server/ws'
import type { WebSocket } from 'ws'
import type { ApiContext } from './context.ts'
import { router } from './router.ts'

/** A MessagePort, of the web's, Node's or Electron's kind. */
export type ClientPort = Parameters<PortHandler<ApiContext>['upgrade']>[0] & { close?(): void }

/** Serves the contract to clients, whatever the way they come; what a client has running ends with it. */
export class Transports {
  readonly #context: ApiContext
  readonly #ports = new PortHandler<ApiContext>(router)
  readonly #sockets = new SocketHandler<ApiContext>(router)

  constructor(context: ApiContext) {
    this.#context = context
  }

  /** Serves a client at the other end of a port. Returns what closes it. */
  attachPort(port: ClientPort): () => void {
    this.#ports.upgrade(port, { context: this.#context })
    return () => port.close?.()
  }

  /** Serves a client at the other end of an open WebSocket. */
  attachSocket(socket: WebSocket): void {
    void this.#sockets.upgrade(socket, { context: this.#context })
  }
}
