import type { DhtEvent, UntimedDhtEvent } from '../../../src/dht/events.ts'
import type { DhtSettings } from '../../../src/dht/operations/settings.ts'
import type { Peer } from '../../../src/dht/peer.ts'
import { NamespacedValidator } from '../../../src/dht/records/namespaced-validator.ts'
import type { Validator } from '../../../src/dht/records/validator.ts'
import { decodeMessage, encodeMessage } from '../../../src/dht/wire/codec.ts'
import type { RpcMessage } from '../../../src/dht/wire/message.ts'
import { type SimulatedClient, simulatedClient } from '../../../src/sim/simulated-client.ts'
import type { SimulatedNode } from '../../../src/sim/simulated-node.ts'
import { World, type WorldOptions } from '../../../src/sim/world.ts'

export const text = (value: string) => new TextEncoder().encode(value)

/** Namespace `n`: one byte a value, the larger is newer; 255 is refused. */
export const largestByte: Validator = {
  validate(_key, value) {
    if (value[0] === 255) throw new Error('255 is not allowed.')
  },
  async select(_key, values) {
    await Promise.resolve()
    return values.reduce((best, value, i) => ((value[0] ?? 0) > (values[best]?.[0] ?? 0) ? i : best), 0)
  },
}

type EventOf<T extends DhtEvent['type']> = Extract<UntimedDhtEvent, { type: T }>

/** A world of real servers, one client in it, and everything the client published. */
export class TestWorld {
  readonly world: World
  readonly client: SimulatedClient
  readonly events: UntimedDhtEvent[] = []
  /** Events of servers, by peer id. */
  readonly serverEvents: { peer: string; event: UntimedDhtEvent }[] = []

  constructor(options: Partial<WorldOptions> = {}, settings: Partial<DhtSettings> = {}) {
    const validator = new NamespacedValidator({ n: largestByte })
    this.world = new World({
      seed: 'operations',
      servers: 60,
      k: 5,
      validator,
      publish: ({ id }, event) => this.serverEvents.push({ peer: id, event }),
      ...options,
    })
    this.client = simulatedClient(this.world, {
      known: this.world.live.peers.slice(0, 8),
      settings: { k: 5, alpha: 3, ...settings },
      validator,
      publish: (event) => this.events.push(event),
    })
  }

  run<T>(promise: Promise<T>): Promise<T> {
    return this.world.clock.runUntil(promise)
  }

  eventsOf<T extends DhtEvent['type']>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type)
  }

  node(peer: Peer): SimulatedNode {
    const node = this.world.find(peer.id)
    if (node === undefined) throw new Error('The peer is not in this world.')
    return node
  }

  /** The peer's server answers with what `lie` makes of the request and of its honest reply. */
  lieAt(peer: Peer, lie: (request: RpcMessage, honest: RpcMessage | undefined) => RpcMessage): void {
    const node = this.node(peer)
    const honest = node.responder()
    node.responder = () => ({
      handle: async (from, requestBytes) => {
        const handled = await honest.handle(from, requestBytes)
        const reply = handled.replyBytes && decodeMessage(handled.replyBytes).message
        const lied = lie(decodeMessage(requestBytes).message, reply)
        return { ...handled, outcome: 'ok', replyBytes: encodeMessage(lied) }
      },
    })
  }
}
