import { publicKeyFromMultihash, publicKeyFromProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey, PublicKey } from '@libp2p/interface'
import { createIPNSRecordWithExpiration, marshalIPNSRecord } from 'ipns'
import * as Digest from 'multiformats/hashes/digest'
import { compare } from 'uint8arrays/compare'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import type { Clock } from '../clock.ts'
import { InvalidRecordError } from '../errors.ts'
import { isMultihash } from '../wire/multihash.ts'
import { type IpnsRecord, parseIpnsRecord } from './ipns-record.ts'
import { formatRfc3339Nano } from './rfc3339.ts'
import type { Validator } from './validator.ts'

const IDENTITY_CODE = 0x00
const SHA2_256_CODE = 0x12
const NS_PER_MS = 1_000_000n

const prefix = new TextEncoder().encode('/ipns/')
const signaturePrefix = new TextEncoder().encode('ipns-signature:')

/**
 * Rules of `/ipns/<multihash>` (specs.ipfs.tech/ipns/ipns-record): what
 * `parseIpnsRecord` demands, a version 2 signature by the name's key, and an
 * end of life after `clock.now()`. The best is the highest sequence, then the
 * latest end of life to the nanosecond, then the larger bytes, so that all
 * nodes agree.
 */
export function ipnsValidator(clock: Pick<Clock, 'now'>): Validator {
  return {
    async validate(key, value) {
      const record = parseIpnsRecord(value)
      const publicKey = keyOfName(nameOf(key), record)
      await verify(publicKey, record)
      if (record.expiresAtNs <= BigInt(Math.floor(clock.now())) * NS_PER_MS) {
        throw new InvalidRecordError(`The IPNS record expired at ${record.validity}.`)
      }
    },
    select(_key, values) {
      return selectIpns(values)
    },
    expiresAt(_key, value) {
      return Number(parseIpnsRecord(value).expiresAtNs / NS_PER_MS)
    },
  }
}

export interface MakeIpnsRecordOptions {
  /** Default 0. A record replaces those of lower sequence. */
  sequence?: bigint
  /** End of life, milliseconds since the epoch. */
  expiresAtMs: number
  /** How long resolvers may cache it, in nanoseconds. Default 5 minutes. */
  ttlNs?: bigint
  /** Writes the fields of version 1 too, for old readers. Default true. */
  v1Compatible?: boolean
}

/** Makes and signs an IPNS record that points to `path` (`/ipfs/…`, `/ipns/…`). */
export async function makeIpnsRecord(
  privateKey: PrivateKey,
  path: string,
  options: MakeIpnsRecordOptions,
): Promise<Uint8Array> {
  const { sequence = 0n, expiresAtMs, ttlNs, v1Compatible = true } = options
  const validity = formatRfc3339Nano(expiresAtMs)
  const record = await createIPNSRecordWithExpiration(privateKey, path, sequence, validity, {
    v1Compatible,
    ...(ttlNs !== undefined && { ttlNs }),
  })
  return marshalIPNSRecord(record)
}

/** The record key of an IPNS name: `/ipns/` and the multihash of its key. */
export function ipnsKey(nameMultihash: Uint8Array): Uint8Array {
  return concat([prefix, nameMultihash])
}

function nameOf(key: Uint8Array): Uint8Array {
  const name = key.subarray(prefix.length)
  if (!equals(key.subarray(0, prefix.length), prefix) || !isMultihash(name)) {
    throw new InvalidRecordError('The key is not /ipns/ followed by a binary multihash.')
  }
  return name
}

/** The key that must have signed: the one in the record, else the one in the name; it must hash to the name. */
function keyOfName(name: Uint8Array, record: IpnsRecord): PublicKey {
  const publicKey = record.publicKey === undefined ? keyInName(name) : embeddedKey(record.publicKey)
  if (!equals(publicKey.toMultihash().bytes, name)) {
    throw new InvalidRecordError('The public key of the IPNS record does not belong to its name.')
  }
  return publicKey
}

function embeddedKey(protobuf: Uint8Array): PublicKey {
  try {
    return publicKeyFromProtobuf(protobuf)
  } catch (cause) {
    throw new InvalidRecordError('The public key in the IPNS record cannot be read.', { cause })
  }
}

function keyInName(name: Uint8Array): PublicKey {
  const { code, digest } = Digest.decode(name)
  if (code === SHA2_256_CODE) {
    throw new InvalidRecordError(
      'The IPNS record lacks the public key, and its name holds only the hash of it.',
    )
  }
  if (code !== IDENTITY_CODE) {
    throw new InvalidRecordError(
      `The IPNS name uses hash function ${code}; identity or sha2-256 is expected.`,
    )
  }
  try {
    return publicKeyFromMultihash(Digest.create(IDENTITY_CODE, new Uint8Array(digest)))
  } catch (cause) {
    throw new InvalidRecordError('The IPNS name holds no public key.', { cause })
  }
}

async function verify(publicKey: PublicKey, record: IpnsRecord): Promise<void> {
  let isValid = false
  try {
    isValid = await publicKey.verify(concat([signaturePrefix, record.data]), record.signatureV2)
  } catch (cause) {
    throw new InvalidRecordError('The signature of the IPNS record cannot be read.', { cause })
  }
  if (!isValid) throw new InvalidRecordError('The signature of the IPNS record is wrong.')
}

interface Candidate {
  record: IpnsRecord
  bytes: Uint8Array
  index: number
}

/** Values that cannot be read lose to all others; with none that can, throws `InvalidRecordError`. */
function selectIpns(values: Uint8Array[]): number {
  const candidates = values.flatMap((bytes, index): Candidate[] => {
    try {
      return [{ record: parseIpnsRecord(bytes), bytes, index }]
    } catch {
      return []
    }
  })
  const best = candidates.sort(bestFirst)[0]
  if (best === undefined) throw new InvalidRecordError('None of the values is an IPNS record.')
  return best.index
}

function bestFirst(a: Candidate, b: Candidate): number {
  return (
    compareBigints(b.record.sequence, a.record.sequence) ||
    compareBigints(b.record.expiresAtNs, a.record.expiresAtNs) ||
    compare(b.bytes, a.bytes) ||
    a.index - b.index
  )
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
