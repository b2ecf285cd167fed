import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { sha256 } from 'multiformats/hashes/sha2'
import { ipnsKey, makeIpnsRecord, pkKey } from '../../../src/dht/index.ts'
import { toHex } from './peer-process.ts'

const DAY_MS = 86_400_000

export type Namespace = 'v' | 'pk' | 'ipns'

/** A record of a key of its own. */
export interface TestRecord {
  /** As `ops` takes it: after `/pk/` and `/ipns/` a multihash in hexadecimal. */
  keyText: string
  key: Uint8Array
  value: Uint8Array
}

const makers: Record<Namespace, () => Promise<TestRecord>> = {
  v: async () => {
    const keyText = `/v/${toHex(randomBytes(8))}`
    return { keyText, key: new TextEncoder().encode(keyText), value: randomBytes(64) }
  },
  pk: async () => {
    const { publicKey } = await generateKeyPair('Ed25519')
    const id = publicKey.toMultihash().bytes
    return { keyText: `/pk/${toHex(id)}`, key: pkKey(id), value: publicKeyToProtobuf(publicKey) }
  },
  ipns: async () => (await newIpnsRecords()).older,
}

/** A valid record of a namespace. */
export function newRecord(namespace: Namespace): Promise<TestRecord> {
  return makers[namespace]()
}

/** Two records of one name; the second has the higher sequence number. */
export async function newIpnsRecords(): Promise<{ older: TestRecord; newer: TestRecord }> {
  const privateKey = await generateKeyPair('Ed25519')
  const id = privateKey.publicKey.toMultihash().bytes
  const record = async (sequence: bigint) => ({
    keyText: `/ipns/${toHex(id)}`,
    key: ipnsKey(id),
    value: await makeIpnsRecord(privateKey, '/ipfs/bafkqaaa', {
      sequence,
      expiresAtMs: Date.now() + DAY_MS,
    }),
  })
  return { older: await record(1n), newer: await record(2n) }
}

/** The record with one bit of its value changed. */
export function damaged(record: TestRecord): TestRecord {
  const at = record.value.length - 1
  return { ...record, value: record.value.with(at, (record.value[at] ?? 0) ^ 1) }
}

/** A multihash of content nobody has. */
export async function newContentKey(): Promise<Uint8Array> {
  return (await sha256.digest(randomBytes(16))).bytes
}

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count))
}
