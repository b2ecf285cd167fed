import { readFileSync } from 'node:fs'
import { peerIdFromString } from '@libp2p/peer-id'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import { elapsedMs, fromHex, print, toHex } from '../../../bench/peer/print.ts'
import type { JsNode } from './node.ts'

const OPERATION_TIMEOUT_MS = 60_000

/** Looks up every key of a file, one after the other, and prints a line for each. */
export async function runLookups({ services: { dht } }: JsNode, keysFile: string): Promise<void> {
  const keys = readFileSync(keysFile, 'utf8').split('\n').filter(Boolean)
  const before = process.cpuUsage()
  for (const key of keys) {
    const startedMs = performance.now()
    const peers: string[] = []
    for await (const event of dht.getClosestPeers(fromHex(key))) {
      if (event.name === 'FINAL_PEER') peers.push(event.peer.id.toString())
    }
    print({ key, ms: elapsedMs(startedMs), peers })
  }
  const { user, system } = process.cpuUsage(before)
  print({ done: true, n: keys.length, cpu_ms: Math.round((user + system) / 1000) })
}

/** What to do; keys of records as text, those of providers as hexadecimal multihashes. */
export interface Ops {
  put?: string[]
  get?: string
  findPeer?: string
  provide?: string
  findProviders?: string
}

/** Does what is asked, in the order put, get, find-peer, provide, find-providers, and prints a line for each. */
export async function runOps(node: JsNode, ops: Ops): Promise<void> {
  const { contentRouting, peerRouting } = node
  const [key = '', value = ''] = ops.put ?? []
  await timed('put', key, async (signal) => {
    await contentRouting.put(recordKeyOf(key), fromHex(value), { signal })
    return { ok: true }
  })
  await timed('get', ops.get, async (signal, text) => {
    const found = await contentRouting.get(recordKeyOf(text), { signal })
    return { ok: true, value: toHex(found) }
  })
  await timed('find-peer', ops.findPeer, async (signal, text) => {
    const { id, multiaddrs } = await peerRouting.findPeer(peerIdFromString(text), { signal })
    return { ok: true, peer: id.toString(), addrs: multiaddrs.map(String) }
  })
  await timed('provide', ops.provide, async (signal, text) => {
    await contentRouting.provide(cidOf(text), { signal })
    return { ok: true, peerId: node.peerId.toString() }
  })
  await timed('find-providers', ops.findProviders, async (signal, text) => {
    const providers = new Set<string>()
    for await (const { id } of contentRouting.findProviders(cidOf(text), { signal })) {
      providers.add(id.toString())
    }
    return { ok: providers.size > 0, providers: [...providers] }
  })
}

/** Runs one operation, unless it has no key. A refusal is a result too. */
async function timed(
  op: string,
  key: string | undefined,
  run: (signal: AbortSignal, key: string) => Promise<object>,
): Promise<void> {
  if (key === undefined || key === '') return
  const startedMs = performance.now()
  const signal = AbortSignal.timeout(OPERATION_TIMEOUT_MS)
  const result = await run(signal, key).catch((error: Error) => ({ ok: false, error: error.message }))
  print({ op, key, ms: elapsedMs(startedMs), ...result })
}

/** Reads a record key; the names after /pk/ and /ipns/ are multihashes in hexadecimal. */
function recordKeyOf(text: string): Uint8Array {
  const [, prefix, name] = /^(\/(?:pk|ipns)\/)(.*)$/s.exec(text) ?? []
  if (prefix === undefined || name === undefined) return new TextEncoder().encode(text)
  return new Uint8Array([...new TextEncoder().encode(prefix), ...fromHex(name)])
}

function cidOf(keyHex: string): CID {
  return CID.createV1(raw.code, Digest.decode(fromHex(keyHex)))
}
