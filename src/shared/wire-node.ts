/** What a node of the tree is. `unknown`: a field no schema names. `error`: bytes that could not be read. */
export type WireNodeKind = 'message' | 'field' | 'multiaddr' | 'component' | 'length' | 'unknown' | 'error'

/** A part of a message, with the bytes it stands for. Ranges count from the start of the input, end excluded. */
export interface WireNode {
  /** As on the wire, elements of lists counted: `closerPeers[2]`, `addrs[0]`, `ip4`, `field 15`. */
  name: string
  kind: WireNodeKind
  /** The whole field, tag and length included. */
  start: number
  end: number
  /** The value alone. */
  valueStart: number
  valueEnd: number
  /** Field number and protobuf wire type; absent for what is no field. */
  number?: number
  wireType?: number
  /** For reading: `FIND_NODE`, a peer id, an address, hex; for an error the reason. */
  value: string
  /** In the order of their bytes, which they cover without gaps (for nested messages and addresses). */
  children: WireNode[]
}
