const BASE58_ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
/** Bytes shown of a long value; the hex view beside it has the rest. */
const MAX_SHOWN_BYTES = 64

/** Base58 in Bitcoin's alphabet, the usual text of peer ids. Meant for short values: the cost is quadratic. */
export function base58Text(bytes: Uint8Array): string {
  const zeros = bytes.findIndex((byte) => byte !== 0)
  if (zeros === -1) return '1'.repeat(bytes.length)
  let rest = bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n)
  let digits = ''
  for (; rest > 0n; rest /= 58n) digits = BASE58_ALPHABET.charAt(Number(rest % 58n)) + digits
  return '1'.repeat(zeros) + digits
}

/** Lower-case hex, two digits a byte. */
export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Hex of the first 64 bytes, and how many there are when there are more. */
export function shortHexText(bytes: Uint8Array): string {
  if (bytes.length <= MAX_SHOWN_BYTES) return hexText(bytes)
  return `${hexText(bytes.subarray(0, MAX_SHOWN_BYTES))}… (${bytes.length} bytes)`
}

/** The text, when the bytes are UTF-8 without control characters; else undefined. */
export function printableText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return /\p{Cc}/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** Printable text, cut off when long; else hex. */
export function shortText(bytes: Uint8Array): string {
  const text = printableText(bytes.subarray(0, 1024))
  if (text === undefined) return shortHexText(bytes)
  return bytes.length > 1024 ? `${text}… (${bytes.length} bytes)` : text
}

/** True when the bytes are exactly one sha2-256 or identity multihash, as peer ids and most provider keys are. */
export function isIdMultihash(bytes: Uint8Array): boolean {
  return (
    (bytes[0] === 0x12 || bytes[0] === 0x00) &&
    bytes[1] === bytes.length - 2 &&
    bytes.length > 2 &&
    bytes.length < 128
  )
}

/** A peer id in base58btc; hex when the bytes are none. */
export function peerIdText(bytes: Uint8Array): string {
  return isIdMultihash(bytes) ? base58Text(bytes) : shortHexText(bytes)
}

/** A record key, provider key or peer id: `/pk/` and `/ipns/` with the id in base58btc, text, base58btc, or hex. */
export function keyText(bytes: Uint8Array): string {
  for (const prefix of ['/pk/', '/ipns/']) {
    const head = printableText(bytes.subarray(0, prefix.length))
    const rest = bytes.subarray(prefix.length)
    if (head === prefix && isIdMultihash(rest)) return prefix + base58Text(rest)
  }
  if (isIdMultihash(bytes)) return base58Text(bytes)
  return shortText(bytes)
}
