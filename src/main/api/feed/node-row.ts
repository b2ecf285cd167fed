import { hexText } from '../../../shared/byte-text.ts'
import type { NodeRow } from '../../../shared/rows.ts'
import type { RunningNode } from '../../backend/running-node.ts'
import { bareAddress } from './bare-address.ts'
import type { PeerFactsBook } from './peer-facts.ts'
import type { ProcessSample } from './process-meter.ts'

/** The node as it is now. `modeEvidence`: why it is a client or a server. */
export function nodeRow(
  { node, network, self, startedAt }: RunningNode,
  facts: PeerFactsBook,
  modeEvidence: string,
  sample: ProcessSample,
): NodeRow {
  const { libp2p, dht } = node
  const { k, alpha, beta } = network
  const streams = libp2p.getConnections().flatMap((connection) => connection.streams)
  const inbound = streams.filter(({ direction }) => direction === 'inbound').length
  return {
    networkId: network.id,
    peerId: self.id,
    key: hexText(self.key),
    mode: dht.mode.effective,
    configuredMode: dht.mode.configured,
    modeEvidence,
    protocol: dht.protocol,
    addresses: libp2p.getMultiaddrs().map((address) => ({
      address: address.toString(),
      dialledBy: facts.diallersOf(bareAddress(address.toString())),
    })),
    startedAt,
    k,
    alpha,
    beta,
    connections: libp2p.getConnections().length,
    streamsIn: inbound,
    streamsOut: streams.length - inbound,
    ...sample,
  }
}
