import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { z } from 'zod'
import type { Stores } from '../../src/dht/kad-dht-options.ts'
import { type Peer, peerFromId, peerFromInfo } from '../../src/dht/peer.ts'
import type { StorageOptions } from '../../src/dht/stores/value-storage.ts'
import { systemClock } from '../../src/dht/system-clock.ts'
import { type Database, openDatabase } from '../../src/main/db/database.ts'
import { type ComposedNode, composeNode } from '../../src/main/node/compose-node.ts'
import { openProfile, type Profile } from '../../src/main/node/profile.ts'
import { Recorder } from '../../src/main/traces/recorder.ts'
import { acceptValues, benchNetwork } from './bench-network.ts'

export interface BenchServerOptions {
  port: number
  protocol: string
  store: 'memory' | 'sqlite'
  /** The profile's home. Default: a folder that is removed at the end. */
  home?: string
  /** Peers that go into the table as they are. */
  peers?: readonly Peer[]
  rateLimit: boolean
}

export interface BenchServer {
  node: ComposedNode
  stop(): Promise<void>
}

/** Starts a full server node on loopback, from a profile like the app's and with its recorder on. */
export async function startBenchServer(options: BenchServerOptions): Promise<BenchServer> {
  const { port, protocol, store, peers, rateLimit } = options
  const { home, discard } = homeOf(options.home)
  const network = benchNetwork(protocol)
  const profile = await openProfile({ home, networkId: network.id })
  const database = await openDatabase({ dir: profile.dir, onProblem })
  const recorder = recorderOf(network.id, profile, database)
  await recorder.start()
  const node = await composeNode({
    network,
    privateKey: profile.privateKey,
    listen: [`/ip4/127.0.0.1/tcp/${port}`],
    rateLimit,
    // Made-up peers must neither be dialled nor found dead.
    maintainTable: peers === undefined,
    ...(store === 'sqlite' && { stores: (storage) => storesOf(database, storage) }),
    onEvent: recorder.record,
  })
  acceptValues(node)
  for (const peer of peers ?? []) node.dht.routingTable.add(peer, 'manual')
  const stop = async () => {
    await node.stop()
    await recorder.stop()
    await database.close()
    profile.close()
    discard()
  }
  return { node, stop }
}

function recorderOf(networkId: string, { privateKey }: Profile, database: Database): Recorder {
  const self = peerFromId(peerIdFromPrivateKey(privateKey))
  return new Recorder({
    networkId,
    run: 'bench',
    localKey: self.key,
    clock: systemClock,
    traces: database.traces,
    history: database.tableHistory,
    keyOf: () => undefined,
    onProblem,
  })
}

function storesOf(database: Database, options: Required<StorageOptions>): Stores {
  return { values: database.values(options), providers: database.providers(options) }
}

function onProblem(text: string): void {
  process.stderr.write(`${text}\n`)
}

function homeOf(given: string | undefined): { home: string; discard: () => void } {
  if (given !== undefined) return { home: given, discard: () => {} }
  const home = mkdtempSync(join(tmpdir(), 'kadscope-bench-'))
  return { home, discard: () => rmSync(home, { recursive: true, force: true }) }
}

const peerSchema = z.object({ id: z.string(), addrs: z.array(z.string()) })

/** Reads peers from JSON lines. Throws a sentence that names the line. */
export function readPeers(file: string): Peer[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return []
    try {
      const { id, addrs } = peerSchema.parse(JSON.parse(line))
      return [peerFromInfo({ id: peerIdFromString(id), multiaddrs: addrs.map((text) => multiaddr(text)) })]
    } catch (cause) {
      throw new Error(`Line ${i + 1} of ${file} is no peer: {"id":"12D3Koo…","addrs":["/ip4/…"]}.`, { cause })
    }
  })
}
