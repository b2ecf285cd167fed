import { decode as decodeCbor, encode as encodeCbor, Tagged } from 'cborg'
import { equals } from 'uint8arrays/equals'
import { InvalidRecordError } from '../errors.ts'
import { hasWireTypes } from '../wire/wire-types.ts'
import { IpnsEntry } from './ipns-entry.ts'
import { parseRfc3339 } from './rfc3339.ts'

/** Largest IPNS record (specs.ipfs.tech/ipns/ipns-record): 10 KiB. */
export const MAX_IPNS_RECORD_SIZE_BYTES = 10 * 1024

/** Wire types of the fields: 0 for varints, 2 for bytes. */
const wireTypes = new Map([
  [1, 2],
  [2, 2],
  [3, 0],
  [4, 2],
  [5, 0],
  [6, 0],
  [7, 2],
  [8, 2],
  [9, 2],
])

const MAX_UINT64 = 2n ** 64n - 1n

/** An IPNS record whose fields were read and agree with each other; its signature was not looked at. */
export interface IpnsRecord {
  /** The path it points to, in bytes: `/ipfs/…`, `/ipns/…`. */
  value: Uint8Array
  /** RFC 3339, as it stands in the record. */
  validity: string
  /** The same in nanoseconds since the epoch. */
  expiresAtNs: bigint
  sequence: bigint
  /** How long resolvers may cache it, in nanoseconds. */
  ttlNs: bigint
  /** The DAG-CBOR document that is signed. */
  data: Uint8Array
  signatureV2: Uint8Array
  /** libp2p PublicKey protobuf; absent when the name itself holds the key. */
  publicKey?: Uint8Array
  /** True when the fields of version 1 are there too. Its signature is verified by nobody. */
  hasV1: boolean
}

interface IpnsData {
  Value: Uint8Array
  Validity: Uint8Array
  ValidityType: bigint
  Sequence: bigint
  TTL: bigint
}

/**
 * Reads an IPNS record by the specification: at most 10 KiB (looked at before
 * parsing), version 2 signature and data present, canonical DAG-CBOR, and all
 * five fields of version 1 equal to it when its value or signature is there.
 * Throws `InvalidRecordError` saying which rule was broken.
 */
export function parseIpnsRecord(bytes: Uint8Array): IpnsRecord {
  if (bytes.length > MAX_IPNS_RECORD_SIZE_BYTES) {
    throw new InvalidRecordError(`The IPNS record takes ${bytes.length} bytes; at most 10,240 are accepted.`)
  }
  const entry = decodeEntry(bytes)
  const { data, signatureV2 } = entry
  if (!isFilled(signatureV2)) throw new InvalidRecordError('The IPNS record has no version 2 signature.')
  if (!isFilled(data)) throw new InvalidRecordError('The IPNS record has no data.')
  const fields = decodeData(data)
  const hasV1 = isFilled(entry.value) || isFilled(entry.signatureV1)
  if (hasV1) checkV1(entry, fields)
  return {
    value: fields.Value,
    ...validityOf(fields),
    sequence: unsigned('Sequence', fields.Sequence),
    ttlNs: unsigned('TTL', fields.TTL),
    data,
    signatureV2,
    ...(isFilled(entry.pubKey) && { publicKey: entry.pubKey }),
    hasV1,
  }
}

function decodeEntry(bytes: Uint8Array): IpnsEntry {
  if (!hasWireTypes(bytes, wireTypes)) throw new InvalidRecordError('The value is no IPNS record.')
  try {
    return IpnsEntry.decode(new Uint8Array(bytes))
  } catch (cause) {
    throw new InvalidRecordError('The value is no IPNS record.', { cause })
  }
}

/** DAG-CBOR is canonical, so decoding and encoding again must give the same bytes. */
function decodeData(data: Uint8Array): IpnsData {
  let decoded: unknown
  let canonical: Uint8Array
  try {
    decoded = decodeCbor(data, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowNaN: false,
      allowInfinity: false,
      rejectDuplicateMapKeys: true,
      tags: Tagged.preserve(42),
    })
    canonical = encodeCbor(decoded, { float64: true })
  } catch (cause) {
    throw new InvalidRecordError('The data of the IPNS record is no DAG-CBOR.', { cause })
  }
  if (!equals(canonical, data))
    throw new InvalidRecordError('The data of the IPNS record is not canonical DAG-CBOR.')
  return ipnsData(decoded)
}

function ipnsData(decoded: unknown): IpnsData {
  if (typeof decoded !== 'object' || decoded === null) {
    throw new InvalidRecordError('The data of the IPNS record is no map.')
  }
  const fields = new Map<string, unknown>(Object.entries(decoded))
  return {
    Value: bytesField(fields, 'Value'),
    Validity: bytesField(fields, 'Validity'),
    ValidityType: integerField(fields, 'ValidityType'),
    Sequence: integerField(fields, 'Sequence'),
    TTL: integerField(fields, 'TTL'),
  }
}

function bytesField(fields: Map<string, unknown>, name: string): Uint8Array {
  const value = fields.get(name)
  if (!(value instanceof Uint8Array))
    throw new InvalidRecordError(`${name} of the IPNS record's data is no bytes.`)
  return value
}

function integerField(fields: Map<string, unknown>, name: string): bigint {
  const value = fields.get(name)
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  throw new InvalidRecordError(`${name} of the IPNS record's data is no integer.`)
}

function checkV1(entry: IpnsEntry, data: IpnsData): void {
  const matches = {
    value: equals(entry.value ?? empty, data.Value),
    validity: equals(entry.validity ?? empty, data.Validity),
    validityType: BigInt(entry.validityType ?? 0) === data.ValidityType,
    sequence: (entry.sequence ?? 0n) === data.Sequence,
    ttl: (entry.ttl ?? 0n) === data.TTL,
  }
  for (const [name, isMatch] of Object.entries(matches)) {
    if (!isMatch)
      throw new InvalidRecordError(`Field ${name} differs between the IPNS record's two versions.`)
  }
}

function validityOf(data: IpnsData): { validity: string; expiresAtNs: bigint } {
  if (data.ValidityType !== 0n) {
    throw new InvalidRecordError(
      `Validity type ${data.ValidityType} of the IPNS record is unknown; 0 (EOL) is read.`,
    )
  }
  const validity = new TextDecoder().decode(data.Validity)
  const expiresAtNs = parseRfc3339(validity)
  if (expiresAtNs === undefined)
    throw new InvalidRecordError('The validity of the IPNS record is no RFC 3339 time.')
  return { validity, expiresAtNs }
}

function unsigned(name: string, value: bigint): bigint {
  if (value < 0n || value > MAX_UINT64)
    throw new InvalidRecordError(`${name} of the IPNS record is out of range.`)
  return value
}

const empty = new Uint8Array()

function isFilled(bytes: Uint8Array | undefined): bytes is Uint8Array {
  return bytes !== undefined && bytes.length > 0
}
