import type { Peer } from '../dht/peer.ts'
import type { HandledRequest, RequestHandlers } from '../dht/rpc/handlers.ts'
import { decodeMessage, encodeMessage } from '../dht/wire/codec.ts'
import type { RpcMessage } from '../dht/wire/message.ts'

/** How a simulated node behaves towards requests. */
export type Behaviour =
  /** Answers as the real server does. */
  | 'honest'
  /** Answers what its `lie` makes of the honest answer. */
  | 'lying'
  /** Gone: a dial is refused at once. */
  | 'refusing'
  /** Behind a NAT or gone behind a firewall: a dial is never answered. What it asks itself is answered. */
  | 'undialable'
  /** Accepts the connection and never answers. */
  | 'silent'
  /** Resets every stream. */
  | 'resetting'
  /** Connects, but does not serve the protocol: a client. */
  | 'client'

/** Answers the bytes of a request. */
export type Responder = Pick<RequestHandlers, 'handle'>

/** What a lying node answers, made of the request and of the honest answer (undefined: the stream is reset, or nothing is sent). */
export type Lie = (request: RpcMessage, honest: RpcMessage | undefined, from: Peer) => RpcMessage | undefined

export interface SimulatedNodeInit {
  peer: Peer
  behaviour: Behaviour
  latencyMs: number
  responder: () => Responder
  /** Called after every change of behaviour. */
  onChange: () => void
}

/** A node of a world. What it does may be changed at any time during a run. */
export class SimulatedNode {
  readonly peer: Peer
  /** Time from request to reply on an open connection, in milliseconds. */
  latencyMs: number
  /** The real server code of this node, made when it is first asked. */
  responder: () => Responder
  /** Used while the behaviour is `lying`. */
  lie: Lie = (_request, honest) => honest
  readonly #onChange: () => void
  #behaviour: Behaviour

  constructor({ peer, behaviour, latencyMs, responder, onChange }: SimulatedNodeInit) {
    this.peer = peer
    this.latencyMs = latencyMs
    this.responder = responder
    this.#behaviour = behaviour
    this.#onChange = onChange
  }

  get behaviour(): Behaviour {
    return this.#behaviour
  }

  set behaviour(behaviour: Behaviour) {
    this.#behaviour = behaviour
    this.#onChange()
  }

  /** True when it answers requests, truly or not. */
  get isServing(): boolean {
    return this.#behaviour === 'honest' || this.#behaviour === 'lying'
  }

  /** From now on it lies. */
  beginLying(lie: Lie): void {
    this.lie = lie
    this.behaviour = 'lying'
  }

  /** Its answer to a request of `from`. */
  async answer(from: Peer, requestBytes: Uint8Array): Promise<HandledRequest> {
    const honest = await this.responder().handle(from, requestBytes)
    return this.#behaviour === 'lying' ? this.#lied(from, requestBytes, honest) : honest
  }

  #lied(from: Peer, requestBytes: Uint8Array, honest: HandledRequest): HandledRequest {
    const { message: request } = decodeMessage(requestBytes)
    const reply = this.lie(request, honest.replyBytes && decodeMessage(honest.replyBytes).message, from)
    const { replyBytes: _, reason: __, ...handled } = honest
    if (reply !== undefined) return { ...handled, outcome: 'ok', replyBytes: encodeMessage(reply) }
    return { ...handled, outcome: 'rejected', reason: 'It lies by saying nothing.' }
  }
}
