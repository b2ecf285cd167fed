import { generateKeyPair } from '@libp2p/crypto/keys'
import { benchNetwork } from '../../../bench/peer/bench-network.ts'
import { DHTMode, type Peer, peerFromInfo } from '../../../src/dht/index.ts'
import { type ComposedNode, composeNode } from '../../../src/main/node/compose-node.ts'
import { PeerPrograms, type PeerServer } from './peer-process.ts'
import { PROTOCOL } from './protocol.ts'

/** A node of ours, as the app composes it. */
export interface OurNode extends ComposedNode {
  peer: Peer
  /** Multiaddr with its peer id. */
  address: string
}

/**
 * Two servers of ours and two of theirs that know nobody, and one of each that
 * knows those four: who asks our door or theirs must find both kinds through it.
 */
export class MixedNetwork implements AsyncDisposable {
  readonly programs: PeerPrograms
  readonly ours: readonly [OurNode, OurNode]
  readonly theirs: readonly [PeerServer, PeerServer]
  readonly ourDoor: OurNode
  readonly theirDoor: PeerServer
  /** A client of ours that knows their door. */
  readonly client: OurNode

  private constructor(parts: Omit<MixedNetwork, 'behindDoors' | typeof Symbol.asyncDispose>) {
    this.programs = parts.programs
    this.ours = parts.ours
    this.theirs = parts.theirs
    this.ourDoor = parts.ourDoor
    this.theirDoor = parts.theirDoor
    this.client = parts.client
  }

  /** @param run - how to start a program of theirs. */
  static async start(run: readonly string[]): Promise<MixedNetwork> {
    const programs = new PeerPrograms(run)
    const [ours, theirs] = await Promise.all([
      Promise.all([startOurs(), startOurs()]),
      Promise.all([programs.server(), programs.server()]),
    ])
    const known = [...ours, ...theirs].map(({ peer }) => peer)
    const [ourDoor, client, theirDoor] = await Promise.all([
      startOurs(DHTMode.SERVER, known),
      startOurs(DHTMode.CLIENT),
      programs.server(known),
    ])
    client.dht.routingTable.add(theirDoor.peer, 'manual')
    return new MixedNetwork({ programs, ours, theirs, ourDoor, theirDoor, client })
  }

  /** The four that both doors know. */
  get behindDoors(): Peer[] {
    return [...this.ours, ...this.theirs].map(({ peer }) => peer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.ours, this.ourDoor, this.client].map((node) => node.stop()))
    await this.programs[Symbol.asyncDispose]()
  }
}

/** Accepts anything in namespace `v`, as theirs do. Nobody is met but by what is asked. */
async function startOurs(mode: DHTMode = DHTMode.SERVER, known: readonly Peer[] = []): Promise<OurNode> {
  const node = await composeNode({
    network: benchNetwork(PROTOCOL),
    privateKey: await generateKeyPair('Ed25519'),
    mode,
    maintainTable: false,
  })
  node.dht.registerValidator('v', { validate: () => {}, select: () => 0 })
  for (const peer of known) node.dht.routingTable.add(peer, 'manual')
  const multiaddrs = node.libp2p.getMultiaddrs()
  return {
    ...node,
    peer: peerFromInfo({ id: node.libp2p.peerId, multiaddrs }),
    address: String(multiaddrs[0]),
  }
}
