import { DHTMode } from '../../src/dht/dht-mode.ts'
import type { Validator } from '../../src/dht/records/validator.ts'
import type { ComposedNode } from '../../src/main/node/compose-node.ts'
import { aminoNetwork, type NetworkDefinition } from '../../src/main/node/networks.ts'

/** The public DHT's numbers on loopback: nobody to bootstrap at, every address allowed, no caps by subnet. */
export function benchNetwork(protocol: string): NetworkDefinition {
  return {
    ...aminoNetwork,
    id: 'bench',
    name: 'Bench',
    kind: 'custom',
    description: 'For measuring on this machine.',
    protocol,
    bootstrap: [],
    addressFilter: 'all',
    isPublic: false,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mode: DHTMode.SERVER,
    diversity: { perBucket: 0, perTable: 0 },
  }
}

const anything: Validator = { validate: () => {}, select: () => 0 }

/** Lets anything pass in the namespace `v`, which go's tests and ours use. */
export function acceptValues({ dht }: ComposedNode): void {
  dht.registerValidator('v', anything)
}
