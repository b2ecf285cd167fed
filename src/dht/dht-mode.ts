import { InvalidArgumentError } from './errors.ts'

/** How a node takes part (libp2p/specs kad-dht, client and server mode). */
export const DHTMode = {
  /** Asks, and neither serves nor advertises the protocol. */
  CLIENT: 'CLIENT',
  /** Asks and serves. */
  SERVER: 'SERVER',
  /** A server while the node has an address that others in this network may dial, else a client. */
  AUTO: 'AUTO',
} as const
export type DHTMode = (typeof DHTMode)[keyof typeof DHTMode]

/** Throws `InvalidArgumentError` for what is no mode; callers in JavaScript have no compiler. */
export function checkMode(mode: DHTMode): void {
  if (Object.values(DHTMode).includes(mode)) return
  throw new InvalidArgumentError(`"${mode}" is no mode of a DHT node; there are CLIENT, SERVER and AUTO.`)
}
