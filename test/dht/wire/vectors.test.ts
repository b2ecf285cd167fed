import { describe, expect, test } from 'vitest'
import { peerFromBytes } from '../../../src/dht/peer.ts'
import { ipnsValidator } from '../../../src/dht/records/ipns.ts'
import { parseIpnsRecord } from '../../../src/dht/records/ipns-record.ts'
import { NamespacedValidator } from '../../../src/dht/records/namespaced-validator.ts'
import { pkValidator } from '../../../src/dht/records/pk.ts'
import { peerFromWire } from '../../../src/dht/wire/address.ts'
import { decodeMessage, encodeMessage, messageTypeName } from '../../../src/dht/wire/codec.ts'
import { makeServer } from '../rpc/server-world.ts'
import { recordedExchanges } from './recorded-frames.ts'

const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex')
const impls = ['go', 'js', 'rust', 'py']
const exchanges = impls.flatMap(recordedExchanges)
const named = exchanges.map((exchange) => [`${exchange.impl}: ${exchange.name}`, exchange] as const)
const answered = named.filter(([, { response }]) => response !== undefined)

describe('recorded frames', () => {
  test.each(named)('%s: the request decodes whole and encodes to the same bytes', (_name, { request }) => {
    const { message, dropped } = decodeMessage(request)
    expect(dropped).toBe(0)
    expect(hex(encodeMessage(message))).toBe(hex(request))
  })

  test.each(answered)('%s: the reply decodes whole and survives encoding', (_name, { request, response }) => {
    const { message, dropped } = decodeMessage(response ?? new Uint8Array())
    expect(dropped).toBe(0)
    expect(decodeMessage(encodeMessage(message)).message).toEqual(message)
    expect(message.type).toBe(decodeMessage(request).message.type)
  })

  /** Field 10, the cluster level, means nothing to anybody: go writes 1 at the end of what it looked up. */
  const clusterLevel = '5001'
  const fromGo = answered.filter(([, { impl }]) => impl === 'go')
  test.each(fromGo)('%s: but for the cluster level, encodes to the same bytes', (_name, { response }) => {
    const ours = hex(encodeMessage(decodeMessage(response ?? new Uint8Array()).message))
    expect([ours, `${ours}${clusterLevel}`]).toContain(hex(response))
  })

  test('addresses with /p2p/<id> after them, as rust sends them, come out plain', () => {
    const replies = exchanges.filter(({ impl, name }) => impl === 'rust' && name.startsWith('find_node'))
    const entries = replies.flatMap(
      ({ response }) => decodeMessage(response ?? new Uint8Array()).message.closerPeers,
    )
    expect(entries.length).toBeGreaterThan(0)
    for (const entry of entries) {
      const { addrs } = peerFromWire(entry, () => true)
      expect(addrs).toHaveLength(entry.addrs.length)
      for (const [i, addr] of addrs.entries()) {
        expect(addr.length).toBe((entry.addrs[i]?.length ?? 0) - entry.id.length - 3)
      }
    }
  })
})

describe('our server, asked what go’s was asked', () => {
  /** IPNS vectors were valid when they were recorded. */
  async function serverOfThatDay() {
    const validator = new NamespacedValidator({
      pk: pkValidator,
      ipns: ipnsValidator({ now: () => Date.UTC(2026, 10, 24) }),
    })
    return makeServer({ validator, settings: { valueTtlMs: Number.MAX_SAFE_INTEGER / 4 } })
  }
  const go = recordedExchanges('go')
  const echoed = go
    .filter(({ name }) => name === 'ping' || name.startsWith('put_value'))
    .map((each) => [each.name, each] as const)

  test.each(echoed)('%s: gives go’s reply, byte for byte', async (_name, { request, response }) => {
    const { handlers, requester } = await serverOfThatDay()
    const handled = await handlers.handle(requester, request)
    expect([handled.outcome, handled.reason]).toEqual(['ok', undefined])
    expect(hex(handled.replyBytes)).toBe(hex(response))
  })

  test('§8.25 add_provider: stores, and like go sends nothing', async () => {
    const add = go.find(({ name }) => name === 'add_provider')
    const { message } = decodeMessage(add?.request ?? new Uint8Array())
    const { handlers, providers } = await makeServer({
      network: {
        self: peerFromBytes(Uint8Array.from([0x12, 0x20, ...new Uint8Array(32)])),
        addressFilter: () => true,
        findKnown: async () => undefined,
      },
    })
    const sender = peerFromBytes(message.providerPeers[0]?.id ?? new Uint8Array())
    expect(await handlers.handle(sender, add?.request ?? new Uint8Array())).toMatchObject({ outcome: 'ok' })
    expect((await providers.get(message.key ?? new Uint8Array())).map(({ provider }) => provider)).toEqual([
      sender.id,
    ])
  })

  const reads = go
    .filter(({ name }) => name.startsWith('find_node') || name.startsWith('get_'))
    .map((each) => [each.name, each] as const)
  test.each(reads)('%s: gives the fields go gives', async (_name, { request, response }) => {
    const { handlers, requester } = await serverOfThatDay()
    for (const put of go.filter(({ name }) => name.startsWith('put_value')))
      await handlers.handle(requester, put.request)
    const { replyBytes } = await handlers.handle(requester, request)
    const ours = decodeMessage(replyBytes ?? new Uint8Array()).message
    const theirs = decodeMessage(response ?? new Uint8Array()).message
    expect([messageTypeName(ours.type), hex(ours.key)]).toEqual([
      messageTypeName(theirs.type),
      hex(theirs.key),
    ])
    expect([hex(ours.record?.key), hex(ours.record?.value)]).toEqual([
      hex(theirs.record?.key),
      hex(theirs.record?.value),
    ])
    expect(ours.closerPeers.length).toBeGreaterThanOrEqual(20)
  })

  test('the IPNS record go signed can be read field by field', () => {
    const put = go.find(({ name }) => name === 'put_value /ipns/')
    const record = parseIpnsRecord(
      decodeMessage(put?.request ?? new Uint8Array()).message.record?.value ?? new Uint8Array(),
    )
    expect(new TextDecoder().decode(record.value)).toMatch(/^\/ip[fn]s\//)
    expect(record.ttlNs).toBeGreaterThanOrEqual(0n)
  })
})
