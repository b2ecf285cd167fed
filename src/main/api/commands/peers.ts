import type { Connection } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { NotAvailableError } from '../../../dht/errors.ts'
import { RequestError } from '../../../dht/network.ts'
import { type Peer, peerFromBytes, peerFromId, toPeerId } from '../../../dht/peer.ts'
import { MessageType } from '../../../dht/wire/message.ts'
import { hexText } from '../../../shared/byte-text.ts'
import type { PeerDetail } from '../../../shared/contract.ts'
import { BackendError } from '../../backend/backend-error.ts'
import type { RunningNode } from '../../backend/running-node.ts'
import { type ApiContext, os } from '../context.ts'
import { readKey } from '../input.ts'

const DIAL_TIMEOUT_MS = 10_000

/** What can be asked of one peer. */
export const peers = {
  get: os.peers.get.handler(async ({ context, input }) => {
    return detail(context, context.networks.runningOf(input.networkId), input.id)
  }),
  ping: os.peers.ping.handler(async ({ context, input, signal }) => {
    const running = context.networks.runningOf(input.networkId)
    const { libp2p } = running.node
    const peerId = toPeerId(readPeer(running, input.id))
    const rttMs = await reaching(() => libp2p.services.ping.ping(peerId, { signal: within(signal) }))
    return { rttMs }
  }),
  request: os.peers.request.handler(async ({ context, input, signal }) => {
    const running = context.networks.runningOf(input.networkId)
    return request(running, input, within(signal))
  }),
  dial: os.peers.dial.handler(async ({ context, input, signal }) => {
    const { libp2p } = context.networks.runningOf(input.networkId).node
    const address = readAddress(input.address)
    const connection = await reaching(() => libp2p.dial(address, { signal: within(signal) }))
    return { id: connection.remotePeer.toString() }
  }),
  remove: os.peers.remove.handler(async ({ context, input }) => {
    const running = context.networks.runningOf(input.networkId)
    running.node.dht.routingTable.remove(readPeer(running, input.id).id, 'removed-by-user')
    return {}
  }),
  block: os.peers.block.handler(async ({ context, input }) => {
    const running = context.networks.runningOf(input.networkId)
    const peer = readPeer(running, input.id)
    running.node.dht.routingTable.block(peer.id)
    await running.node.libp2p.hangUp(toPeerId(peer))
    return {}
  }),
}

async function detail(context: ApiContext, running: RunningNode, text: string): Promise<PeerDetail> {
  const peer = readPeer(running, text)
  const peerId = toPeerId(peer)
  const { libp2p } = running.node
  const stored = await libp2p.peerStore.get(peerId).catch(() => undefined)
  const agent = stored?.metadata.get('AgentVersion')
  const row = context.view()?.peers.one(peer.id)
  const addresses = stored?.addresses.map(({ multiaddr }) => multiaddr.toString()) ?? []
  return {
    id: peer.id,
    key: hexText(peer.key),
    protocols: stored?.protocols ?? [],
    addresses: [...new Set([...(row?.addresses ?? []), ...addresses])],
    connections: connectionsOf(libp2p.getConnections(peerId)),
    ...(row !== undefined && { row }),
    ...(agent !== undefined && { agent: new TextDecoder().decode(agent) }),
  }
}

function connectionsOf(connections: readonly Connection[]): PeerDetail['connections'] {
  return connections.map(({ direction, remoteAddr, timeline, streams }) => ({
    direction,
    address: remoteAddr.toString(),
    openedAt: timeline.open,
    streams: streams.length,
  }))
}

interface RequestInput {
  id: string
  type: keyof typeof MessageType
  key?: string | undefined
}

/** Sends one request; that it fails is a result too. */
async function request(
  running: RunningNode,
  { id, type, key }: RequestInput,
  signal: AbortSignal,
): Promise<{ rpcId: string; ok: boolean; message: string }> {
  const { node, recorder } = running
  const peer = await known(running, readPeer(running, id))
  const message = {
    type: MessageType[type],
    closerPeers: [],
    providerPeers: [],
    ...keyOf(running, type, key),
  }
  let rpcId = 0
  const onSent = (sentId: number) => {
    rpcId = sentId
  }
  try {
    const { reply, timing } = await node.dht.request(peer, message, { signal, onSent })
    const peers = reply?.closerPeers.length ?? 0
    const record = reply?.record === undefined ? '' : ', a record'
    const text = `Answered in ${Math.round(timing.waitMs)} ms: ${peers} closer peers${record}.`
    return { rpcId: recorder.rpcId(rpcId), ok: true, message: text }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return { rpcId: recorder.rpcId(rpcId), ok: false, message: error.message }
  }
}

/** The key a request of this type needs. Throws `ERR_INVALID_KEY` when it is missing or of another kind. */
function keyOf(
  running: RunningNode,
  type: RequestInput['type'],
  text: string | undefined,
): { key?: Uint8Array } {
  switch (type) {
    case 'PING':
      return {}
    case 'FIND_NODE':
      return { key: text === undefined ? running.self.bytes : readKey(text, 'any', running) }
    case 'GET_VALUE':
      return { key: readKey(text ?? '', 'record', running) }
    case 'GET_PROVIDERS':
      return { key: readKey(text ?? '', 'provider', running) }
    case 'PUT_VALUE':
    case 'ADD_PROVIDER':
      throw new NotAvailableError(`${type} is not sent by hand: publish a value or provide a key instead.`)
  }
}

/** The peer with the addresses of the table; without, libp2p dials what its peer store has. */
async function known({ node }: RunningNode, peer: Peer): Promise<Peer> {
  const entry = node.dht.routingTable.entry(peer.id)?.peer
  if (entry !== undefined) return entry
  const stored = await node.libp2p.peerStore.get(toPeerId(peer)).catch(() => undefined)
  if (stored === undefined) return peer
  return peerFromId(
    stored.id,
    stored.addresses.map(({ multiaddr }) => multiaddr.bytes),
  )
}

function readPeer(running: RunningNode, text: string): Peer {
  return peerFromBytes(readKey(text, 'peer', running))
}

/** Throws `ERR_INVALID_ADDRESS`. */
function readAddress(text: string): Multiaddr {
  try {
    const address = multiaddr(text.trim())
    if (address.getComponents().some(({ name }) => name === 'p2p')) return address
  } catch (cause) {
    const example = 'one reads /ip4/192.0.2.1/tcp/4001/p2p/12D3KooW…'
    throw new BackendError('ERR_INVALID_ADDRESS', `"${text}" is no multiaddr: ${example}.`, { cause })
  }
  throw new BackendError('ERR_INVALID_ADDRESS', 'The address does not say whose it is: add /p2p/<peer id>.')
}

async function reaching<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new BackendError('ERR_PEER_UNREACHABLE', `The peer could not be reached: ${reason}`, { cause })
  }
}

function within(signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(DIAL_TIMEOUT_MS)
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout])
}
