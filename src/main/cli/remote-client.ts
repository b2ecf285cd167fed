import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { WebSocket } from 'ws'
import type { contract } from '../../shared/contract.ts'
import type { BackendAddress } from './backend-file.ts'

export type Client = ContractRouterClient<typeof contract>

const CONNECT_TIMEOUT_MS = 3_000

/** A client of a backend in another process, and what closes it; undefined when nobody answers there. */
export async function connect({
  port,
  token,
}: BackendAddress): Promise<{ client: Client; close(): void } | undefined> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc?token=${token}`, {
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    perMessageDeflate: false,
  })
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once('open', () => resolve(true))
    socket.once('error', () => resolve(false))
  })
  if (!isOpen) return undefined
  // Of the browser's interface oRPC uses what both have.
  const websocket = socket as unknown as globalThis.WebSocket
  return { client: createORPCClient(new RPCLink({ websocket })), close: () => socket.close() }
}
