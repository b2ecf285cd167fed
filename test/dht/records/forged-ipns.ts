import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { encode } from 'cborg'
import { IpnsEntry } from '../../../src/dht/records/ipns-entry.ts'

const text = (value: string) => new TextEncoder().encode(value)

export interface Forgery {
  /** Fields of the signed document, over the honest ones; undefined removes one. */
  data?: Record<string, unknown>
  /** The signed document itself, in place of the encoded fields. */
  rawData?: Uint8Array
  /** Fields of the protobuf, over the honest ones. */
  entry?: Partial<IpnsEntry>
  /** Writes version 1's fields. Default true. */
  v1?: boolean
  embedKey?: boolean
}

/** A record correctly signed over whatever `forgery` makes of it. */
export async function forgeIpns(
  privateKey: PrivateKey,
  validity: string,
  forgery: Forgery = {},
): Promise<Uint8Array> {
  const fields: Record<string, unknown> = {
    Value: text('/ipfs/bafkqaaa'),
    Validity: text(validity),
    ValidityType: 0,
    Sequence: 7,
    TTL: 300,
    ...forgery.data,
  }
  for (const [name, value] of Object.entries(fields)) if (value === undefined) delete fields[name]
  const data = new Uint8Array(forgery.rawData ?? encode(fields, { float64: true }))
  const v1 = {
    value: new Uint8Array(text('/ipfs/bafkqaaa')),
    signatureV1: new Uint8Array(64),
    validityType: 0,
    validity: new Uint8Array(text(validity)),
    sequence: 7n,
    ttl: 300n,
  }
  const signed = Uint8Array.from([...text('ipns-signature:'), ...data])
  return IpnsEntry.encode({
    ...(forgery.v1 !== false && v1),
    ...(forgery.embedKey === true && { pubKey: new Uint8Array(publicKeyToProtobuf(privateKey.publicKey)) }),
    signatureV2: new Uint8Array(await privateKey.sign(signed)),
    data,
    ...forgery.entry,
  })
}
