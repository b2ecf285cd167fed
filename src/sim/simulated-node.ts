import type { Peer } from '../dht/peer.ts'
import type { RequestHandlers } from '../dht/rpc/handlers.ts'

/** How a simulated node behaves towards requests. */
export type Behaviour =
  /** Answers as the real server does. */
  | 'honest'
  /** Gone: a dial is refused at once. */
  | 'refusing'
  /** Behind a NAT or gone behind a firewall: a dial is never answered. */
  | 'undialable'
  /** Accepts the connection and never answers. */
  | 'silent'
  /** Resets every stream. */
  | 'resetting'
  /** Connects, but does not serve the protocol: a client. */
  | 'client'

/** Answers the bytes of a request. */
export type Responder = Pick<RequestHandlers, 'handle'>

/** A node of a world. */
export interface SimulatedNode {
  readonly peer: Peer
  behaviour: Behaviour
  /** Time from request to reply on an open connection, in milliseconds. */
  latencyMs: number
  /** The real server code of this node, made when it is first asked; replaced, it lies as one likes. */
  responder: () => Responder
}
