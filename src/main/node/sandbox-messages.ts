/** A node of the swarm, as the rest of the app sees it. */
export interface SandboxNode {
  /** Base58btc peer id. */
  id: string
  /** Where it can be dialled, with `/p2p/<id>`. */
  address: string
}

/** What was published in the swarm at its start, to be looked up. */
export interface SandboxSamples {
  /** Record keys: public keys of nodes, under `/pk/`. */
  recordKeys: Uint8Array[]
  /** CIDs that nodes of the swarm provide. */
  cids: string[]
}

/** What the swarm's worker is started with. */
export interface SandboxSettings {
  size: number
  /** Makes the nodes' identities: the same seed, the same peer ids. */
  seed: string
}

/** Told to the worker; each `request` is answered. */
export type SandboxCommand =
  | { type: 'add'; request: number }
  /** Without an id: the one that joined last. */
  | { type: 'kill'; request: number; id?: string }
  | { type: 'stop'; request: number }

/** Told by the worker. */
export type SandboxReport =
  /** These can be bootstrapped at; the rest is still joining. */
  | { type: 'usable'; bootstrap: string[] }
  | { type: 'progress'; up: number; of: number }
  | { type: 'joined'; samples: SandboxSamples }
  /** `node` is the one that was added or killed. */
  | { type: 'done'; request: number; node?: SandboxNode }
  | { type: 'failed'; request?: number; message: string }
