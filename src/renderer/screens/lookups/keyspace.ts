const KEY_BITS = 256

/** How many leading bits two 32-byte keys, as hex, have in common: 0–256. */
export function sharedBits(a: string, b: string): number {
  const digits = Math.min(a.length, b.length)
  for (let i = 0; i < digits; i++) {
    const difference = Number.parseInt(a.charAt(i), 16) ^ Number.parseInt(b.charAt(i), 16)
    if (difference !== 0) return i * 4 + Math.clz32(difference) - 28
  }
  return digits * 4
}

/** The base-2 logarithm of the XOR distance of two 32-byte keys, as hex; 0 for the same key. Good to 2^-24. */
export function log2Distance(a: string, b: string): number {
  const shared = sharedBits(a, b)
  if (shared >= KEY_BITS) return 0
  const from = Math.floor(shared / 4)
  const leading = hexAt(a, from) ^ hexAt(b, from)
  return KEY_BITS - from * 4 - 28 + Math.log2(leading)
}

/** Seven hex digits as a number, as if zeros followed the key. */
function hexAt(hex: string, from: number): number {
  return Number.parseInt(hex.slice(from, from + 7).padEnd(7, '0'), 16)
}
