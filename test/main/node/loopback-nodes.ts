import { generateKeyPair } from '@libp2p/crypto/keys'
import type { KadDHT } from '../../../src/dht/kad-dht.ts'
import {
  type ComposedNode,
  type ComposeNodeOptions,
  composeNode,
} from '../../../src/main/node/compose-node.ts'
import { customNetwork, type NetworkDefinition } from '../../../src/main/node/networks.ts'

/** A network on loopback with nobody in it. */
export const loopback: NetworkDefinition = customNetwork({
  name: 'Loopback',
  protocol: '/test/kad/1.0.0',
  listen: ['/ip4/127.0.0.1/tcp/0'],
  mode: 'SERVER',
})

const nodes: ComposedNode[] = []

/** A node that runs until `stopNodes`. */
export async function startNode(
  network: NetworkDefinition = loopback,
  options: Partial<ComposeNodeOptions> = {},
): Promise<ComposedNode> {
  const node = await composeNode({ network, privateKey: await generateKeyPair('Ed25519'), ...options })
  nodes.push(node)
  return node
}

/** For `afterEach`. */
export async function stopNodes(): Promise<void> {
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
}

export const addressOf = ({ libp2p }: ComposedNode): string => String(libp2p.getMultiaddrs()[0])

/** Resolves when the table holds so many peers. */
export function tableOf(dht: KadDHT, count: number): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (dht.getRoutingTableSize() < count) return
      unsubscribe()
      resolve()
    }
    const unsubscribe = dht.subscribe(({ type }) => {
      if (type === 'table:added') queueMicrotask(check)
    })
    queueMicrotask(check)
  })
}
