import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { DhtEvent, UntimedDhtEvent } from '../../../src/dht/events.ts'
import { compareDistance, keyFromBytes } from '../../../src/dht/key.ts'
import { type Peer, peerFromBytes, peerFromId } from '../../../src/dht/peer.ts'
import { ipnsValidator } from '../../../src/dht/records/ipns.ts'
import { NamespacedValidator } from '../../../src/dht/records/namespaced-validator.ts'
import { pkKey, pkValidator } from '../../../src/dht/records/pk.ts'
import type { Validator } from '../../../src/dht/records/validator.ts'
import { RequestHandlers, type RequestHandlersDeps } from '../../../src/dht/rpc/handlers.ts'
import { MemoryProviderStorage } from '../../../src/dht/stores/memory-provider-storage.ts'
import { MemoryValueStorage } from '../../../src/dht/stores/memory-value-storage.ts'
import { decodeMessage, encodeMessage } from '../../../src/dht/wire/codec.ts'
import { MessageType, type RpcMessage, type WirePeer } from '../../../src/dht/wire/message.ts'
import { SeededRandom } from '../../../src/sim/seeded-random.ts'
import { VirtualClock } from '../../../src/sim/virtual-clock.ts'

export const text = (value: string) => new TextEncoder().encode(value)
export const address = (value: string) => new Uint8Array(multiaddr(value).bytes)

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

export function madeUpPeer(random: SeededRandom, addrs = ['/ip4/8.8.4.4/tcp/4001']): Peer {
  return peerFromBytes(Uint8Array.from([0x12, 0x20, ...random.bytes(32)]), addrs.map(address))
}

export function wirePeer(peer: Peer, addrs: readonly Uint8Array[] = peer.addrs): WirePeer {
  return { id: peer.bytes, addrs: [...addrs], connection: 0 }
}

export function message(type: keyof typeof MessageType, more: Partial<RpcMessage> = {}): RpcMessage {
  return { type: MessageType[type], closerPeers: [], providerPeers: [], ...more }
}

export function put(key: Uint8Array, value: Uint8Array, recordKey = key): RpcMessage {
  return message('PUT_VALUE', { key, record: { key: recordKey, value, timeReceived: '' } })
}

/** A valid `/pk/` record of a fresh key. */
export async function publicKeyRecord() {
  const { publicKey } = await generateKeyPair('Ed25519')
  return { key: pkKey(publicKey.toMultihash().bytes), value: publicKeyToProtobuf(publicKey) }
}

export interface WorldOptions extends Partial<RequestHandlersDeps> {
  peers?: number
  addrsOf?: (index: number) => string[]
  known?: Peer[]
}

/** A server with a table of made-up peers, memory stores, and everything it published. */
export async function makeServer(options: WorldOptions = {}) {
  const { peers: count = 50, addrsOf, known = [], ...deps } = options
  const clock = new VirtualClock()
  const random = new SeededRandom(7)
  const events: UntimedDhtEvent[] = []
  const publish = (event: UntimedDhtEvent) => void events.push(event)
  const self = peerFromId(peerIdFromPrivateKey(await generateKeyPair('Ed25519')), [
    address('/ip4/9.9.9.9/tcp/4001'),
  ])
  const requester = madeUpPeer(random, ['/ip4/1.1.1.1/tcp/4001'])
  const peers = Array.from({ length: count }, (_, i) => madeUpPeer(random, addrsOf?.(i)))
  const nearest = (key: Uint8Array, n: number, all = peers) =>
    [...all].sort((a, b) => compareDistance(a.key, b.key, keyFromBytes(key))).slice(0, n)
  const table = {
    peers: [...peers],
    closest(target: Uint8Array, n: number): Peer[] {
      return [...this.peers].sort((a, b) => compareDistance(a.key, b.key, target)).slice(0, n)
    },
  }
  const storage = { clock, publish, localId: self.id, localKey: self.key }
  const values = new MemoryValueStorage(storage)
  const providers = new MemoryProviderStorage(storage)
  const validator = new NamespacedValidator({ pk: pkValidator, ipns: ipnsValidator(clock), n: largestByte })
  const isPublic = (bytes: Uint8Array) => bytes[1] !== 10 && bytes[1] !== 127
  const network = {
    self,
    addressFilter: isPublic,
    findKnown: async (id: Uint8Array) => known.find((peer) => String(peer.bytes) === String(id)),
  }
  let rpcId = 0
  const handlers = new RequestHandlers({
    network,
    table,
    values,
    providers,
    validator,
    clock,
    publish,
    nextRpcId: () => ++rpcId,
    ...deps,
  })
  const ask = (request: RpcMessage, from = requester) => handlers.handle(from, encodeMessage(request))
  /** The decoded reply; fails the test when there is none. */
  const replyTo = async (request: RpcMessage, from = requester) => {
    const handled = await ask(request, from)
    if (handled.replyBytes === undefined) throw new Error(`no reply: ${handled.outcome}, ${handled.reason}`)
    return decodeMessage(handled.replyBytes).message
  }
  const eventsOf = <T extends DhtEvent['type']>(type: T) =>
    events.filter((event): event is Extract<UntimedDhtEvent, { type: T }> => event.type === type)
  return {
    ask,
    clock,
    events,
    eventsOf,
    handlers,
    nearest,
    peers,
    providers,
    random,
    replyTo,
    requester,
    self,
    table,
    validator,
    values,
  }
}
