import type { FullNode } from './full-node.ts'
import type { Behaviour } from './simulated-node.ts'
import type { World } from './world.ts'

export interface ChurnOptions {
  /** After this half of the nodes have been replaced, in milliseconds. Default 24 hours. */
  halfLifeMs?: number
  /** How who left is found, one of these at random. Default: refusing or unreachable, as often the one as the other. */
  leaveAs?: readonly Behaviour[]
  /** Makes a node that joins; it is started by the churn. */
  makeNode: () => FullNode
  /** Peers that a newcomer is told of. Default 3. */
  bootstrapPeers?: number
}

/**
 * Nodes leave and others join in their place, each after a lifetime of its own
 * (exponential, as in a network whose nodes do not age).
 */
export class Churn {
  readonly #world: World
  readonly #options: Required<ChurnOptions>
  readonly #nodes: FullNode[]
  #cancelNext = () => {}
  #left = 0

  /** @param nodes - those that may leave. */
  constructor(world: World, nodes: readonly FullNode[], options: ChurnOptions) {
    this.#world = world
    this.#nodes = [...nodes]
    this.#options = {
      halfLifeMs: 24 * 3_600_000,
      leaveAs: ['refusing', 'undialable'],
      bootstrapPeers: 3,
      ...options,
    }
  }

  /** Who is there now. */
  get nodes(): readonly FullNode[] {
    return this.#nodes
  }

  /** How many have left. */
  get left(): number {
    return this.#left
  }

  start(): void {
    const meanMs = this.#options.halfLifeMs / Math.LN2 / this.#nodes.length
    const delayMs = this.#world.random.exponential(meanMs)
    this.#cancelNext = this.#world.clock.schedule(delayMs, () => {
      this.#replaceOne()
      this.start()
    })
  }

  stop(): void {
    this.#cancelNext()
  }

  #replaceOne(): void {
    const { random, live } = this.#world
    const { leaveAs, makeNode, bootstrapPeers } = this.#options
    const at = random.integer(this.#nodes.length)
    const leaving = this.#nodes[at]
    if (leaving === undefined) return
    const others = live.peers.filter(({ id }) => id !== leaving.peer.id)
    void leaving.leave(random.pick(leaveAs))
    this.#left++
    const joining = makeNode()
    joining.start(random.shuffle(others).slice(0, bootstrapPeers))
    this.#nodes[at] = joining
  }
}
