/** The six request types of the protocol (libp2p/specs kad-dht, field 1 of Message). */
export const MessageType = {
  PUT_VALUE: 0,
  GET_VALUE: 1,
  ADD_PROVIDER: 2,
  GET_PROVIDERS: 3,
  FIND_NODE: 4,
  PING: 5,
} as const
export type MessageType = (typeof MessageType)[keyof typeof MessageType]
/** A request type by name, as events, traces and the screen show it. */
export type MessageTypeName = keyof typeof MessageType

/** One entry of closerPeers or providerPeers, as it stands on the wire. */
export interface WirePeer {
  /** Multihash of the peer id. */
  id: Uint8Array
  /** Binary multiaddrs. */
  addrs: Uint8Array[]
  /** How the sender stands with it: 0 not connected, 1 connected, 2 can connect, 3 cannot. Trusted by nobody. */
  connection: number
  /** Signed peer record envelope (py-libp2p extension, field 4). */
  signedRecord?: Uint8Array
}

/** A record: a value under a key with the time its holder got it. */
export interface KadRecord {
  key: Uint8Array
  value: Uint8Array
  /** RFC 3339 UTC from go and js, Unix seconds as text from py, empty from rust. Shown, never trusted. */
  timeReceived: string
  /** py-libp2p extensions, never verified by anyone. */
  author?: Uint8Array
  signature?: Uint8Array
  /** rust-libp2p extensions: publisher's peer id; seconds to live, 0 when absent. */
  publisher?: Uint8Array
  ttlSeconds?: number
}

/** A decoded message of either direction. */
export interface RpcMessage {
  type: MessageType
  /** Absent on FIND_NODE replies and on PING. */
  key?: Uint8Array
  record?: KadRecord
  closerPeers: WirePeer[]
  providerPeers: WirePeer[]
  /** Signed peer record of the sender (py-libp2p extension, field 11). */
  senderRecord?: Uint8Array
}
