import type { StoredProvider } from '../../stores/provider-storage.ts'
import type { ReplyPeer } from '../../wire/reply.ts'
import { closerPeers, type Handler, type HandlerContext, RequestRejected, requiredKey } from './handler.ts'

/** GET_PROVIDERS: the live providers we hold, most recent first, and the k nearest to the key. The key is echoed. */
export const handleGetProviders: Handler = async (context, from, request) => {
  const { settings, providers } = context
  if (!settings.enableProviders) throw new RequestRejected('This node keeps no provider records.')
  const key = requiredKey(request, settings.maxProviderKeyBytes)
  const held = await providers.get(key, settings.maxProvidersPerReply)
  return {
    key,
    providerPeers: held.map((record) => asPeer(context, record)),
    closerPeers: closerPeers(context, from, key),
  }
}

/** Of ourselves the addresses of now, not those of when we began to provide. */
function asPeer({ network }: HandlerContext, record: StoredProvider): ReplyPeer {
  if (record.provider === network.self.id) return network.self
  return { id: record.provider, bytes: record.providerBytes, addrs: record.addrs }
}
