import { readFileSync } from 'node:fs'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { DHTMode } from '../../src/dht/dht-mode.ts'
import type { PeerInfo } from '../../src/dht/peer.ts'
import { type ComposedNode, composeNode } from '../../src/main/node/compose-node.ts'
import { acceptValues, benchNetwork } from './bench-network.ts'
import { elapsedMs, fromHex, print } from './print.ts'

const JOIN_TIMEOUT_MS = 10_000

/**
 * A client with the bootstrap peers in its table, and nobody else: the table
 * is not maintained, so that what is measured is what was asked for.
 */
export async function startBenchClient(
  protocol: string,
  bootstrap: readonly string[],
): Promise<ComposedNode> {
  const peers = bootstrap.map(readAddress)
  const node = await composeNode({
    network: benchNetwork(protocol),
    privateKey: await generateKeyPair('Ed25519'),
    mode: DHTMode.CLIENT,
    maintainTable: false,
  })
  acceptValues(node)
  const joined = Promise.all(peers.map((peer) => node.dht.addPeer(peer).catch(() => false)))
  await Promise.race([joined, new Promise((resolve) => setTimeout(resolve, JOIN_TIMEOUT_MS).unref())])
  if (node.dht.getRoutingTableSize() > 0) return node
  await node.stop()
  throw new Error(`None of the ${peers.length} bootstrap peers answered within ${JOIN_TIMEOUT_MS / 1000} s.`)
}

/** Looks up every key of a file, one after the other, and prints a line for each. */
export async function runLookups({ dht }: ComposedNode, keysFile: string): Promise<void> {
  const keys = readFileSync(keysFile, 'utf8').split('\n').flatMap(readKey)
  const before = process.cpuUsage()
  for (const { text, bytes } of keys) {
    const startedMs = performance.now()
    const { peers } = await dht.operations.closestPeers(bytes).result
    print({ key: text, ms: elapsedMs(startedMs), peers: peers.map(({ id }) => id) })
  }
  const { user, system } = process.cpuUsage(before)
  print({ done: true, n: keys.length, cpu_ms: Math.round((user + system) / 1000) })
}

function readKey(line: string): { text: string; bytes: Uint8Array }[] {
  const text = line.trim()
  return text === '' ? [] : [{ text, bytes: fromHex(text) }]
}

function readAddress(text: string): PeerInfo {
  const address = multiaddr(text)
  const last = address.getComponents().at(-1)
  if (last?.name !== 'p2p' || last.value === undefined) {
    throw new Error(`${text} does not end in /p2p/<peer id>.`)
  }
  return { id: peerIdFromString(last.value), multiaddrs: [address] }
}
