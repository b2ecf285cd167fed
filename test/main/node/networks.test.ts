import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, test } from 'vitest'
import {
  type CustomNetworkInput,
  customNetwork,
  filterOf,
  InvalidNetworkError,
  presets,
} from '../../../src/main/node/networks.ts'

const peer = '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8'
const swarmKey = `/key/swarm/psk/1.0.0/\n/base16/\n${'0a'.repeat(32)}\n`
const minimal: CustomNetworkInput = { name: 'My app', protocol: '/myapp/kad/1.0.0' }

describe('presets', () => {
  test.each(presets)('$id holds together', (network) => {
    expect(network.protocol).toMatch(/^\//)
    expect(network.beta).toBeLessThanOrEqual(network.k)
    for (const address of [...network.bootstrap, ...network.listen])
      expect(() => multiaddr(address)).not.toThrow()
    for (const address of network.bootstrap) expect(address).toMatch(/\/p2p\/[^/]+$/)
  })

  test('the first is the Sandbox, which reaches nobody', () => {
    const [first] = presets
    expect(first).toMatchObject({ id: 'sandbox', isPublic: false, bootstrap: [], mdns: false })
    expect(first?.listen.every((address) => address.startsWith('/ip4/127.'))).toBe(true)
  })

  test('ids differ, and so do protocols', () => {
    for (const part of ['id', 'protocol'] as const) {
      expect(new Set(presets.map((network) => network[part])).size).toBe(presets.length)
    }
  })
})

describe('customNetwork', () => {
  test('needs a name and a protocol; the rest has defaults', () => {
    expect(customNetwork(minimal)).toMatchObject({
      id: 'custom-my-app',
      kind: 'custom',
      protocol: '/myapp/kad/1.0.0',
      bootstrap: [],
      k: 20,
      strictNamespaces: true,
      plainKeys: false,
      isPublic: true,
    })
  })

  test('a name without letters still makes an id', () => {
    expect(customNetwork({ ...minimal, name: '网络' }).id).toBe('custom-network')
  })

  test('a small k takes beta with it', () => {
    expect(customNetwork({ ...minimal, k: 2 })).toMatchObject({ k: 2, beta: 2 })
  })

  test('a swarm key makes it private', () => {
    const network = customNetwork({ ...minimal, swarmKey, plainKeys: true, strictNamespaces: false })
    expect(network).toMatchObject({ isPublic: false, swarmKey, plainKeys: true })
  })

  const wrong: [string, Partial<CustomNetworkInput>, RegExp][] = [
    ['a protocol without slash', { protocol: 'kad/1.0.0' }, /^protocol must begin with a slash/],
    [
      'a bootstrap address that is none',
      { bootstrap: ['example.org:4001'] },
      /^bootstrap\[0\] is not a multiaddr/,
    ],
    [
      'a bootstrap address without peer',
      { bootstrap: [`/ip4/192.0.2.1/tcp/4001/p2p/${peer}`, '/ip4/192.0.2.1/tcp/4001'] },
      /^bootstrap\[1\] does not end in \/p2p\//,
    ],
    ['a swarm key that is none', { swarmKey: 'secret' }, /^swarmKey is not the text of a swarm\.key file/],
    ['a k of nothing', { k: 0 }, /^k is at least 1/],
    ['a beta above k', { k: 2, beta: 3 }, /beta \(3\) must not be greater than k \(2\)/],
    ['an id that cannot name a folder', { id: '../amino' }, /^id has 1 to 64 lower-case/],
    ['an id of a built-in network', { id: 'amino' }, /belongs to a built-in network/],
    ['no address to listen on', { listen: [] }, /^listen needs at least one address/],
    ['lax keys on the public DHT', { protocol: '/ipfs/kad/1.0.0', plainKeys: true }, /public DHT of IPFS/],
    ['lax namespaces there', { protocol: '/ipfs/kad/1.0.0', strictNamespaces: false }, /public DHT of IPFS/],
  ]
  test.each(wrong)('refuses %s, in a sentence', (_, part, message) => {
    const make = () => customNetwork({ ...minimal, ...part })
    expect(make).toThrow(InvalidNetworkError)
    expect(make).toThrow(message)
  })

  test('refuses what it does not know', () => {
    const misspelt = { ...minimal, bootstap: [] }
    expect(() => customNetwork(misspelt)).toThrow(/bootstap/)
  })

  test('says everything that is wrong at once', () => {
    expect(() => customNetwork({ name: '', protocol: 'x' })).toThrow(/name .*\. protocol /)
  })
})

test('each filter lets through what its name says', () => {
  const addresses = {
    public: '/ip4/8.8.8.8/tcp/1',
    local: '/ip4/192.168.1.2/tcp/1',
    loopback: '/ip4/127.0.0.1/tcp/1',
  }
  const passes = (kind: 'public' | 'local' | 'all') =>
    Object.entries(addresses).flatMap(([name, text]) => (filterOf(kind)(multiaddr(text).bytes) ? [name] : []))
  expect(passes('public')).toEqual(['public'])
  expect(passes('local')).toEqual(['local'])
  expect(passes('all')).toEqual(['public', 'local', 'loopback'])
})
