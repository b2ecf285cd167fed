import { equals } from 'uint8arrays/equals'
import type { Peer } from '../../peer.ts'
import { peerFromWire } from '../../wire/address.ts'
import type { RpcMessage, WirePeer } from '../../wire/message.ts'
import { type Handler, type HandlerContext, RequestRejected, requiredKey } from './handler.ts'

/**
 * ADD_PROVIDER: stores the sender, and nobody else, as provider of the key.
 * Acknowledged only when the request carried a signed peer record: py-libp2p
 * waits for that, and go would read it as the answer to its next request.
 */
export const handleAddProvider: Handler = async (context, from, request) => {
  const { settings } = context
  if (!settings.enableProviders) throw new RequestRejected('This node keeps no provider records.')
  const key = requiredKey(request, settings.maxProviderKeyBytes)
  const provider = await ownEntry(context, from, key, request)
  await store(context, key, provider)
  return request.senderRecord === undefined ? undefined : { key }
}

/** The sender with the addresses it gave; entries of others are refused one by one. */
async function ownEntry(
  context: HandlerContext,
  from: Peer,
  key: Uint8Array,
  request: RpcMessage,
): Promise<Peer> {
  let own: Peer | undefined
  for (const entry of request.providerPeers.slice(0, context.settings.maxProvidersPerRequest)) {
    if (!equals(entry.id, from.bytes)) refuse(context, key, entry, from)
    else own ??= await believed(context, from, entry)
  }
  if (own === undefined) throw new RequestRejected('The request does not name its sender as provider.')
  if (own.addrs.length === 0) throw new RequestRejected('The provider has no address others may dial.')
  return own
}

function refuse({ publish }: HandlerContext, key: Uint8Array, entry: WirePeer, from: Peer): void {
  const provider = peerFromWire(entry, () => false).id
  publish({ type: 'provider:refused', key, provider, reason: `It was sent by another peer, ${from.id}.` })
}

async function believed(context: HandlerContext, from: Peer, entry: WirePeer): Promise<Peer> {
  const { signedRecord } = entry
  const isBad = signedRecord !== undefined && (await context.envelopes?.consume(signedRecord, from)) === false
  if (isBad) throw new RequestRejected('The signed peer record of the provider is not valid.')
  return peerFromWire(entry, context.network.addressFilter)
}

async function store(
  { clock, providers, settings }: HandlerContext,
  key: Uint8Array,
  provider: Peer,
): Promise<void> {
  const now = clock.now()
  const result = await providers.put({
    key,
    provider: provider.id,
    providerBytes: provider.bytes,
    addrs: [...provider.addrs],
    receivedAt: now,
    addrsExpireAt: now + settings.providerAddrTtlMs,
    expiresAt: now + settings.providerTtlMs,
  })
  if (result === 'full') throw new RequestRejected('The store is full.')
}
