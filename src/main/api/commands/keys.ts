import { sharedPrefixLen } from '../../../dht/key.ts'
import { namespaceOf } from '../../../dht/records/namespaced-validator.ts'
import type { ParsedKey } from '../../../shared/contract.ts'
import type { RunningNode } from '../../backend/running-node.ts'
import { type KeyUse, keyViewOf } from '../../keys/key-view.ts'
import { parseKey } from '../../keys/parse-key.ts'
import { os } from '../context.ts'
import { readHex } from '../input.ts'

/** Peers told of a key, nearest first. */
const NEAREST = 20

/** Reads keys as people type them. */
export const keys = {
  parse: os.keys.parse.handler(async ({ context, input }) => {
    return parse(context.networks.runningOf(input.networkId), input.text, input.as)
  }),
}

function parse(running: RunningNode, text: string, use: KeyUse): ParsedKey {
  const reading = parseKey(text, use, running.network)
  if (!reading.ok) return reading
  const key = keyViewOf(reading.bytes, use)
  const target = readHex(key.target)
  const namespace = namespaceOf(reading.bytes)
  const nearest = running.node.dht.routingTable
    .closest(target, NEAREST)
    .map((peer) => ({ id: peer.id, sharedBits: sharedPrefixLen(peer.key, target) }))
  const hasValidator = running.validator.covers(reading.bytes) || !running.network.strictNamespaces
  return { ok: true, key, hasValidator, nearest, ...(namespace !== undefined && { namespace }) }
}
