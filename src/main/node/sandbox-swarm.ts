import { createHash } from 'node:crypto'
import { generateKeyPairFromSeed, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { peerFromId } from '../../dht/peer.ts'
import { type ComposedNode, composeNode } from './compose-node.ts'
import { sandboxNetwork } from './networks.ts'
import type { SandboxNode, SandboxSamples, SandboxSettings } from './sandbox-messages.ts'

/** Nodes to bootstrap at. */
const BOOTSTRAP_COUNT = 4
/** Nodes started at a time: more would only delay each other. */
const BATCH = 4
const RAW_CODEC = 0x55
const SHA2_256 = 0x12
const SAMPLE_TEXTS = ['The first block of the Sandbox', 'A second block', 'A third block']

export interface SandboxSwarmOptions extends SandboxSettings {
  /** Told after each node that has started. */
  onProgress?: (up: number, of: number) => void
}

interface Member extends SandboxNode {
  node: ComposedNode
  privateKey: PrivateKey
}

/** Real nodes on loopback, in one thread: the other peers of the playground. */
export class SandboxSwarm {
  readonly #options: SandboxSwarmOptions
  /** In the order they joined. */
  readonly #members: Member[] = []
  /** Identities handed out. */
  #made = 0
  #isStopped = false

  constructor(options: SandboxSwarmOptions) {
    this.#options = options
  }

  get nodes(): SandboxNode[] {
    return this.#members.map(({ id, address }) => ({ id, address }))
  }

  /** Addresses of the first few, to bootstrap at. */
  get bootstrap(): string[] {
    return this.#members.slice(0, BOOTSTRAP_COUNT).map(({ address }) => address)
  }

  /** Starts the first few nodes; resolves when others can bootstrap at them. */
  async begin(): Promise<void> {
    while (this.#members.length < Math.min(BOOTSTRAP_COUNT, this.#options.size)) await this.add()
  }

  /** Starts the rest; resolves when all have joined and the samples are published. */
  async fill(): Promise<SandboxSamples> {
    const { size } = this.#options
    while (this.#members.length < size && !this.#isStopped) {
      const missing = Math.min(BATCH, size - this.#members.length)
      await Promise.all(Array.from({ length: missing }, () => this.add()))
    }
    this.#throwIfStopped()
    return this.#publishSamples()
  }

  /** Starts one more node, which the others know then. */
  async add(): Promise<SandboxNode> {
    const privateKey = await this.#nextIdentity()
    const node = await composeNode({
      // The person at the screen registers validators on their own node; these here keep what they are given.
      network: { ...sandboxNetwork, strictNamespaces: false },
      privateKey,
      maintainTable: false,
      // Nobody pulls a cable inside one process: a connection that ends says so.
      pingIntervalMs: 0,
    })
    if (this.#isStopped) {
      await node.stop()
      this.#throwIfStopped()
    }
    const id = node.libp2p.peerId.toString()
    const address = String(node.libp2p.getMultiaddrs()[0])
    const newcomer = { id, address, node, privateKey }
    this.#introduce(newcomer)
    this.#members.push(newcomer)
    this.#options.onProgress?.(this.#members.length, Math.max(this.#options.size, this.#members.length))
    return { id, address }
  }

  /** Stops a node, the last that joined when none is named; undefined when there is no such node. */
  async kill(id?: string): Promise<SandboxNode | undefined> {
    const index = id === undefined ? this.#members.length - 1 : this.#members.findIndex((m) => m.id === id)
    const [member] = index < 0 ? [] : this.#members.splice(index, 1)
    if (member === undefined) return undefined
    await member.node.stop()
    return { id: member.id, address: member.address }
  }

  /** Stops every node, also those that are starting. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#members.splice(0).map(({ node }) => node.stop()))
  }

  /**
   * Makes the newcomer and the others known to each other, as in a network
   * that has settled; what their buckets have no room for they forget. Meeting
   * by lookups would take 600 handshakes and a core for ten seconds.
   */
  #introduce(newcomer: Member): void {
    for (const member of this.#members) {
      newcomer.node.dht.routingTable.add(member.node.dht.self, 'manual', 'live')
      member.node.dht.routingTable.add(newcomer.node.dht.self, 'manual', 'live')
    }
  }

  #throwIfStopped(): void {
    if (this.#isStopped) throw new Error('The swarm was stopped.')
  }

  #nextIdentity(): Promise<PrivateKey> {
    const seed = createHash('sha256')
      .update(`${this.#options.seed}/${this.#made++}`)
      .digest()
    return generateKeyPairFromSeed('Ed25519', seed)
  }

  /** The public key of the first node, and blocks that the nodes after it provide. What fails is left out. */
  async #publishSamples(): Promise<SandboxSamples> {
    const [first, ...others] = this.#members
    const records = await Promise.allSettled(first === undefined ? [] : [publishKey(first)])
    const provided = await Promise.allSettled(
      SAMPLE_TEXTS.map((text, i) => provideBlock(text, others.slice(i * 2, i * 2 + 2))),
    )
    return { recordKeys: fulfilled(records), cids: fulfilled(provided) }
  }
}

/** Puts a node's public key under `/pk/`, and returns the key it is found by. */
async function publishKey({ node, privateKey }: Member): Promise<Uint8Array> {
  const key = Buffer.concat([Buffer.from('/pk/'), peerFromId(node.libp2p.peerId).bytes])
  await node.dht.putValue(key, publicKeyToProtobuf(privateKey.publicKey))
  return new Uint8Array(key)
}

/** Makes the members providers of a block with this text, and returns its CID. */
async function provideBlock(text: string, members: readonly Member[]): Promise<string> {
  const digest = createHash('sha256').update(text).digest()
  const cid = CID.createV1(RAW_CODEC, Digest.create(SHA2_256, digest))
  await Promise.all(members.map(({ node }) => node.dht.provide(cid.multihash.bytes)))
  return cid.toString()
}

function fulfilled<T>(results: readonly PromiseSettledResult<T>[]): T[] {
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}
