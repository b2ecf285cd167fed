import { providerKeyOf, recordKeyOf } from '../../src/dht/key-input.ts'
import type { ComposedNode } from '../../src/main/node/compose-node.ts'
import { elapsedMs, fromHex, print, toHex } from './print.ts'

/** What to do; keys of records as text, those of providers as hexadecimal multihashes. */
export interface Ops {
  put?: string[]
  get?: string
  provide?: string
  findProviders?: string
}

/** Does what is asked, in the order put, get, provide, find, and prints a line for each. */
export async function runOps(
  { dht }: ComposedNode,
  { put, get, provide, findProviders }: Ops,
): Promise<void> {
  const { operations } = dht
  if (put !== undefined) {
    const [key, value] = keyAndValue(put)
    await timed('put', key, async () => {
      const { stored, of } = await operations.putValue(recordKeyOf(key), value).result
      return { ok: stored > 0, stored, of }
    })
  }
  if (get !== undefined) {
    await timed('get', get, async () => {
      const { value } = await operations.getValue(recordKeyOf(get)).result
      return { ok: value !== undefined, ...(value && { value: toHex(value) }) }
    })
  }
  if (provide !== undefined) {
    await timed('provide', provide, async () => {
      const { stored, of } = await operations.provide(providerKeyOf(fromHex(provide))).result
      return { ok: stored > 0, stored, of }
    })
  }
  if (findProviders !== undefined) {
    await timed('find-providers', findProviders, async () => {
      const { providers } = await operations.findProviders(providerKeyOf(fromHex(findProviders))).result
      return { ok: providers.length > 0, providers: providers.map(({ peer }) => peer.id) }
    })
  }
}

function keyAndValue(put: readonly string[]): [string, Uint8Array] {
  const [key, value] = put
  if (key === undefined || value === undefined || put.length > 2) {
    throw new Error('--put takes a key and a value in hexadecimal: --put /v/hello 68656c6c6f.')
  }
  return [key, fromHex(value)]
}

/** A refusal is a result too. */
async function timed(op: string, key: string, run: () => Promise<object>): Promise<void> {
  const startedMs = performance.now()
  try {
    const result = await run()
    print({ op, key, ms: elapsedMs(startedMs), ...result })
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    print({ op, key, ms: elapsedMs(startedMs), ok: false, error: text })
  }
}
