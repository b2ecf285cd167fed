/** How a field's value is shown. */
export type ValueKind =
  | 'bytes'
  | 'text'
  | 'key'
  | 'peer-id'
  | 'payload-type'
  | 'uint'
  | 'int'
  | 'message-type'
  | 'connection-type'
  | 'key-type'
  | 'validity-type'
  | 'multiaddr'
  | 'message'

/** A field of a message: its name on the wire, its value, and the schema of a nested message. */
export interface FieldSchema {
  name: string
  kind: ValueKind
  isRepeated?: boolean
  nested?: MessageSchema
}

/** Fields by number. */
export interface MessageSchema {
  name: string
  fields: Readonly<Record<number, FieldSchema>>
}

const publicKey: MessageSchema = {
  name: 'PublicKey',
  fields: { 1: { name: 'type', kind: 'key-type' }, 2: { name: 'data', kind: 'bytes' } },
}

const addressInfo: MessageSchema = {
  name: 'AddressInfo',
  fields: { 1: { name: 'multiaddr', kind: 'multiaddr' } },
}

const peerRecord: MessageSchema = {
  name: 'PeerRecord',
  fields: {
    1: { name: 'peerId', kind: 'peer-id' },
    2: { name: 'seq', kind: 'uint' },
    3: { name: 'addresses', kind: 'message', isRepeated: true, nested: addressInfo },
  },
}

/** Signed envelope (libp2p RFC 0002) around a peer record (RFC 0003). */
const envelope: MessageSchema = {
  name: 'Envelope',
  fields: {
    1: { name: 'publicKey', kind: 'message', nested: publicKey },
    2: { name: 'payloadType', kind: 'payload-type' },
    3: { name: 'payload', kind: 'message', nested: peerRecord },
    5: { name: 'signature', kind: 'bytes' },
  },
}

/** IPNS record (specs.ipfs.tech/ipns/ipns-record). */
const ipnsEntry: MessageSchema = {
  name: 'IpnsEntry',
  fields: {
    1: { name: 'value', kind: 'text' },
    2: { name: 'signatureV1', kind: 'bytes' },
    3: { name: 'validityType', kind: 'validity-type' },
    4: { name: 'validity', kind: 'text' },
    5: { name: 'sequence', kind: 'uint' },
    6: { name: 'ttl', kind: 'uint' },
    7: { name: 'pubKey', kind: 'message', nested: publicKey },
    8: { name: 'signatureV2', kind: 'bytes' },
    9: { name: 'data', kind: 'bytes' },
  },
}

const record: MessageSchema = {
  name: 'Record',
  fields: {
    1: { name: 'key', kind: 'key' },
    2: { name: 'value', kind: 'bytes' },
    3: { name: 'author', kind: 'bytes' },
    4: { name: 'signature', kind: 'bytes' },
    5: { name: 'timeReceived', kind: 'text' },
    666: { name: 'publisher', kind: 'peer-id' },
    777: { name: 'ttl', kind: 'uint' },
  },
}

const peer: MessageSchema = {
  name: 'Peer',
  fields: {
    1: { name: 'id', kind: 'peer-id' },
    2: { name: 'addrs', kind: 'multiaddr', isRepeated: true },
    3: { name: 'connection', kind: 'connection-type' },
    4: { name: 'signedRecord', kind: 'message', nested: envelope },
  },
}

/** The DHT message with the extensions of py-libp2p and rust-libp2p. */
export const dhtMessage: MessageSchema = {
  name: 'Message',
  fields: {
    1: { name: 'type', kind: 'message-type' },
    2: { name: 'key', kind: 'key' },
    3: { name: 'record', kind: 'message', nested: record },
    8: { name: 'closerPeers', kind: 'message', isRepeated: true, nested: peer },
    9: { name: 'providerPeers', kind: 'message', isRepeated: true, nested: peer },
    10: { name: 'clusterLevelRaw', kind: 'int' },
    11: { name: 'senderRecord', kind: 'message', nested: envelope },
  },
}

/** Names of enum values by kind. */
export const enumNames: Partial<Record<ValueKind, readonly string[]>> = {
  'message-type': ['PUT_VALUE', 'GET_VALUE', 'ADD_PROVIDER', 'GET_PROVIDERS', 'FIND_NODE', 'PING'],
  'connection-type': ['NOT_CONNECTED', 'CONNECTED', 'CAN_CONNECT', 'CANNOT_CONNECT'],
  'key-type': ['RSA', 'Ed25519', 'Secp256k1', 'ECDSA'],
  'validity-type': ['EOL'],
}

/** The schema of a record's value, where its key tells: `/ipns/…` and `/pk/…`. */
export function recordValueSchema(key: string): MessageSchema | undefined {
  if (key.startsWith('/ipns/')) return ipnsEntry
  return key.startsWith('/pk/') ? publicKey : undefined
}
