import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  getCiphers,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import type { ICryptoInterface } from '@chainsafe/libp2p-noise'

const CIPHER = 'chacha20-poly1305'
const TAG_BYTES = 16
/** DER before the 32 raw bytes of an X25519 key (RFC 8410). */
const PRIVATE_KEY_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PUBLIC_KEY_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')

/** Bytes, or a list of them. */
type Bytes = Parameters<ICryptoInterface['hashSHA256']>[0]

/**
 * Noise's cryptography on OpenSSL, for messages of every size: a cipher made
 * from raw bytes would build a key object each time, so the key object of a
 * connection's key is kept with it. Undefined where OpenSSL's ChaCha20 is
 * missing (Electron): noise then uses its own.
 */
export function noiseCrypto(): ICryptoInterface | undefined {
  if (!getCiphers().includes(CIPHER)) return undefined
  return {
    hashSHA256: (data) => createHash('sha256').update(data.subarray()).digest(),
    getHKDF,
    generateX25519KeyPair,
    generateX25519KeyPairFromSeed,
    generateX25519SharedKey: (privateKey, publicKey) =>
      diffieHellman({ privateKey: privateKeyOf(privateKey), publicKey: publicKeyOf(publicKey) }),
    chaCha20Poly1305Encrypt: encrypt,
    chaCha20Poly1305Decrypt: decrypt,
  }
}

function getHKDF(salt: Uint8Array, inputKey: Uint8Array): [Uint8Array, Uint8Array, Uint8Array] {
  const bytes = new Uint8Array(hkdfSync('sha256', inputKey, salt, new Uint8Array(0), 96))
  return [bytes.subarray(0, 32), bytes.subarray(32, 64), bytes.subarray(64, 96)]
}

function generateX25519KeyPair(): { publicKey: Uint8Array; privateKey: Uint8Array } {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  return {
    publicKey: rawPublicKey(publicKey),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(PRIVATE_KEY_PREFIX.length),
  }
}

function generateX25519KeyPairFromSeed(seed: Uint8Array): { publicKey: Uint8Array; privateKey: Uint8Array } {
  return { publicKey: rawPublicKey(createPublicKey(privateKeyOf(seed))), privateKey: seed }
}

function rawPublicKey(key: KeyObject): Uint8Array {
  return key.export({ type: 'spki', format: 'der' }).subarray(PUBLIC_KEY_PREFIX.length)
}

function privateKeyOf(raw: Bytes): KeyObject {
  const key = Buffer.concat([PRIVATE_KEY_PREFIX, raw.subarray()])
  return createPrivateKey({ key, type: 'pkcs8', format: 'der' })
}

function publicKeyOf(raw: Bytes): KeyObject {
  const key = Buffer.concat([PUBLIC_KEY_PREFIX, raw.subarray()])
  return createPublicKey({ key, type: 'spki', format: 'der' })
}

/** By the key's bytes as noise holds them: one object for the life of a connection. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>()

function keyObjectOf(key: Uint8Array): KeyObject {
  const known = keyObjects.get(key)
  if (known !== undefined) return known
  const made = createSecretKey(key)
  keyObjects.set(key, made)
  return made
}

function encrypt(plaintext: Bytes, nonce: Uint8Array, ad: Uint8Array, key: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, keyObjectOf(key), nonce, { authTagLength: TAG_BYTES })
  if (ad.length > 0) cipher.setAAD(ad, { plaintextLength: plaintext.byteLength })
  const ciphertext = cipher.update(plaintext.subarray())
  cipher.final()
  return Buffer.concat([ciphertext, cipher.getAuthTag()], ciphertext.length + TAG_BYTES)
}

/** Throws when the tag does not match. */
function decrypt(ciphertext: Bytes, nonce: Uint8Array, ad: Uint8Array, key: Uint8Array): Uint8Array {
  const bytes = ciphertext.subarray()
  const end = bytes.length - TAG_BYTES
  const decipher = createDecipheriv(CIPHER, keyObjectOf(key), nonce, { authTagLength: TAG_BYTES })
  if (ad.length > 0) decipher.setAAD(ad, { plaintextLength: end })
  decipher.setAuthTag(bytes.subarray(end))
  const plaintext = decipher.update(bytes.subarray(0, end))
  decipher.final()
  return plaintext
}
