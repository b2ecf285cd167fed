import { encodeMessage } from '../../src/dht/wire/codec.ts'
import { frame } from '../../src/dht/wire/framing.ts'
import { MessageType, type RpcMessage, type WirePeer } from '../../src/dht/wire/message.ts'

const PLACEHOLDER = new Uint8Array(16).fill(0xa7)
/** `/v/`: the bench server lets anything pass there. */
const NAMESPACE = new TextEncoder().encode('/v/')

/** Framed copies of one message, each with a key of its own: encoding them one by one would slow the attacker down. */
export class RequestMill {
  readonly #template: Uint8Array
  readonly #places: number[]
  #next = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0

  /** @param message - with `PLACEHOLDER` wherever the key varies. */
  private constructor(message: RpcMessage) {
    this.#template = frame(encodeMessage(message))
    this.#places = placesOf(this.#template)
  }

  static puttingValues(closerPeers: WirePeer[] = []): RequestMill {
    const key = Uint8Array.from([...NAMESPACE, ...PLACEHOLDER])
    const record = { key, value: crypto.getRandomValues(new Uint8Array(64)), timeReceived: '' }
    return new RequestMill({ type: MessageType.PUT_VALUE, key, record, closerPeers, providerPeers: [] })
  }

  /** Announcements of `provider`, which must be who sends them. */
  static addingProviders(provider: WirePeer): RequestMill {
    const key = Uint8Array.from([0x12, 0x20, ...PLACEHOLDER, ...PLACEHOLDER])
    return new RequestMill({
      type: MessageType.ADD_PROVIDER,
      key,
      closerPeers: [],
      providerPeers: [provider],
    })
  }

  /** `count` messages in one piece. */
  make(count: number): Uint8Array {
    const bytes = new Uint8Array(count * this.#template.length)
    for (let i = 0; i < count; i++) this.#write(bytes, i * this.#template.length)
    return bytes
  }

  #write(bytes: Uint8Array, at: number): void {
    bytes.set(this.#template, at)
    const view = new DataView(bytes.buffer)
    const number = this.#next++
    for (const place of this.#places) view.setUint32(at + place, number)
  }
}

/** Where the placeholder begins. */
function placesOf(template: Uint8Array): number[] {
  const bytes = Buffer.from(template)
  const places: number[] = []
  for (
    let at = bytes.indexOf(PLACEHOLDER);
    at >= 0;
    at = bytes.indexOf(PLACEHOLDER, at + PLACEHOLDER.length)
  ) {
    places.push(at)
  }
  return places
}

/** A peer that does not exist, at an address of this machine where nobody listens. */
export function madeUpPeer(): WirePeer {
  const id = Uint8Array.from([0x12, 0x20, ...crypto.getRandomValues(new Uint8Array(32))])
  return { id, addrs: [Uint8Array.of(0x04, 127, 0, 0, 1, 0x06, 0, 1)], connection: 1 }
}
