import { type ClientContext, type ClientLink, createORPCClient, ORPCError } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '../shared/contract.ts'
import { openTransport, type Transport } from './transport.ts'

/** Every command of the contract, as functions. */
export type Api = ContractRouterClient<typeof contract>

/** A command was given while nothing answers. */
export class NotConnectedError extends Error {
  readonly code = 'ERR_NOT_CONNECTED'

  constructor() {
    super('The backend does not answer, so nothing was sent. It is tried again by itself; then repeat this.')
    this.name = 'NotConnectedError'
  }
}

let current: ClientLink<ClientContext> | undefined

const link: ClientLink<ClientContext> = {
  call: async (path, input, options) => {
    if (current === undefined) throw new NotConnectedError()
    return current.call(path, input, options)
  },
}

/** The contract over whatever connection there is now. Rejects with `NotConnectedError` when there is none. */
export const api: Api = createORPCClient(link)

/**
 * Opens the connection that `api` uses from now on, until it closes.
 *
 * @throws Error when it cannot be opened, with the reason in a sentence
 */
export async function connect(signal: AbortSignal): Promise<Transport> {
  const transport = await openTransport(signal)
  current = transport.link
  void transport.closed.then(() => {
    if (current === transport.link) current = undefined
  })
  return transport
}

/** What can be shown of anything thrown: its stable code, and a sentence with the next step. */
export interface ShownError {
  code: string
  message: string
}

export function shownError(error: unknown): ShownError {
  if (error instanceof ORPCError) return { code: String(error.code), message: error.message }
  if (error instanceof NotConnectedError) return { code: error.code, message: error.message }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'ERR_UNEXPECTED', message: `${message} If it happens again, see the log on Overview.` }
}
