import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PublicKey } from '@libp2p/interface'
import { equals } from 'uint8arrays/equals'
import { InvalidRecordError } from '../errors.ts'
import { isMultihash } from '../wire/multihash.ts'
import type { Validator } from './validator.ts'

/** A public key as protobuf; an RSA key of 8,192 bits takes about 1.1 KiB. */
export const MAX_PUBLIC_KEY_SIZE_BYTES = 4096

const prefix = new TextEncoder().encode('/pk/')

/**
 * Rules of `/pk/<multihash of a peer id>` (libp2p/specs kad-dht): the value is
 * the libp2p PublicKey protobuf, in its one canonical form, whose peer id is
 * the key's multihash. All valid values of a key are equal, so the first is best.
 */
export const pkValidator: Validator = {
  validate(key, value) {
    const multihash = idOf(key)
    if (value.length > MAX_PUBLIC_KEY_SIZE_BYTES) {
      throw new InvalidRecordError(`The public key takes ${value.length} bytes; at most 4,096 are accepted.`)
    }
    const publicKey = parse(value)
    if (!equals(publicKeyToProtobuf(publicKey), value)) {
      throw new InvalidRecordError('The public key is not in its canonical protobuf form.')
    }
    if (!equals(publicKey.toMultihash().bytes, multihash)) {
      throw new InvalidRecordError('The public key does not belong to the peer id in the key.')
    }
  },
  select() {
    return 0
  },
}

/** The record key of a public key: `/pk/` and the peer id's multihash. */
export function pkKey(peerIdMultihash: Uint8Array): Uint8Array {
  return Uint8Array.from([...prefix, ...peerIdMultihash])
}

function idOf(key: Uint8Array): Uint8Array {
  if (!equals(key.subarray(0, prefix.length), prefix))
    throw new InvalidRecordError('The key does not begin with /pk/.')
  const multihash = key.subarray(prefix.length)
  if (!isMultihash(multihash)) throw new InvalidRecordError('What follows /pk/ is no binary multihash.')
  return multihash
}

function parse(value: Uint8Array): PublicKey {
  try {
    return publicKeyFromProtobuf(value)
  } catch (cause) {
    throw new InvalidRecordError('The value is no libp2p public key.', { cause })
  }
}
