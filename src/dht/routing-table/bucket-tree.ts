import type { Key } from '../key.ts'
import type { Peer } from '../peer.ts'
import { KBucket } from './k-bucket.ts'
import { appendNearest } from './nearest.ts'

/** Two halves of a range: the keys whose bit at this depth is 0, and those where it is 1. */
interface Branch {
  zero: Node
  one: Node
}

type Node = Branch | KBucket

/** A bucket's place in the tree: its keys agree in the first `depth` bits. */
export interface Leaf {
  bucket: KBucket
  depth: number
}

/** The keyspace cut into buckets: a binary tree whose path to a bucket is the prefix of its keys. */
export class BucketTree {
  #root: Node
  #size = 1

  /** @param first - the bucket of the whole keyspace. */
  constructor(first: KBucket) {
    this.#root = first
  }

  /** Number of buckets. */
  get size(): number {
    return this.#size
  }

  /** The bucket whose range holds `key`. */
  find(key: Key): Leaf {
    let node = this.#root
    let depth = 0
    for (; !(node instanceof KBucket); depth++) node = bitAt(key, depth) === 1 ? node.one : node.zero
    return { bucket: node, depth }
  }

  /** Cuts the bucket that holds `key` in two, with the entries it has. */
  split(key: Key): void {
    let parent: Branch | undefined
    let node = this.#root
    let depth = 0
    for (; !(node instanceof KBucket); depth++) {
      parent = node
      node = bitAt(key, depth) === 1 ? node.one : node.zero
    }
    const [zero, one] = node.cut()
    const branch = { zero, one }
    if (parent === undefined) this.#root = branch
    else if (parent.one === node) parent.one = branch
    else parent.zero = branch
    this.#size++
  }

  /** All buckets in the order of their ranges: disjoint, and together the whole keyspace. */
  buckets(): KBucket[] {
    const buckets: KBucket[] = []
    collect(this.#root, buckets)
    return buckets
  }

  /** The `count` peers nearest to `target`, nearest first. Visits no bucket farther than the last of them. */
  closest(target: Key, count: number): Peer[] {
    const nearest: Peer[] = []
    if (count > 0) appendClosest(this.#root, 0, target, count, nearest)
    return nearest
  }
}

/** Of two halves every key of the one is nearer than every key of the other, so a filled list is final. */
function appendClosest(node: Node, depth: number, target: Key, count: number, out: Peer[]): void {
  if (node instanceof KBucket) {
    appendNearest(node.entries, depth, target, count, out)
    return
  }
  const isOne = bitAt(target, depth) === 1
  appendClosest(isOne ? node.one : node.zero, depth + 1, target, count, out)
  if (out.length < count) appendClosest(isOne ? node.zero : node.one, depth + 1, target, count, out)
}

function collect(node: Node, out: KBucket[]): void {
  if (node instanceof KBucket) {
    out.push(node)
    return
  }
  collect(node.zero, out)
  collect(node.one, out)
}

function bitAt(key: Key, bit: number): number {
  return ((key[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1
}
