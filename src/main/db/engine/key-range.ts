import { compare } from 'uint8arrays/compare'

/** The first key a listing may show: not before `prefix`, and after `after`. */
export function firstKey(prefix: Uint8Array = new Uint8Array(), after?: Uint8Array): Uint8Array {
  if (after === undefined) return prefix
  const next = Uint8Array.of(...after, 0)
  return compare(prefix, next) > 0 ? prefix : next
}

/** The first key after all that begin with `prefix`; undefined when there is none. */
export function keyAfterPrefix(prefix: Uint8Array = new Uint8Array()): Uint8Array | undefined {
  const last = prefix.findLastIndex((byte) => byte < 0xff)
  if (last < 0) return undefined
  const end = prefix.slice(0, last + 1)
  end[last] = (end[last] ?? 0) + 1
  return end
}
