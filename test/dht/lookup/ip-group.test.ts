import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, test } from 'vitest'
import { ipGroup } from '../../../src/dht/lookup/ip-group.ts'

const group = (...addrs: string[]) => ipGroup({ addrs: addrs.map((text) => multiaddr(text).bytes) })

describe('ipGroup', () => {
  test('groups by /24 and by /48', () => {
    expect(group('/ip4/8.8.4.4/tcp/1')).toBe(group('/ip4/8.8.4.200/udp/9/quic-v1'))
    expect(group('/ip4/8.8.4.4/tcp/1')).not.toBe(group('/ip4/8.8.5.4/tcp/1'))
    expect(group('/ip6/2001:db8:1:2::3/tcp/1')).toBe(group('/ip6/2001:db8:1:ffff::9/tcp/1'))
    expect(group('/ip6/2001:db8:1:2::3/tcp/1')).not.toBe(group('/ip6/2001:db8:2:2::3/tcp/1'))
  })

  test('the first public address counts', () => {
    expect(group('/ip4/10.0.0.1/tcp/1', '/dns4/example.com/tcp/1', '/ip4/8.8.4.4/tcp/1')).toBe(
      group('/ip4/8.8.4.9/tcp/1'),
    )
  })

  test('private, local, named and relayed addresses count for no group', () => {
    const relayed = '/ip4/8.8.4.4/tcp/1/p2p/12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo/p2p-circuit'
    for (const text of [
      '/ip4/127.0.0.1/tcp/1',
      '/ip4/10.1.2.3/tcp/1',
      '/ip4/172.20.1.1/tcp/1',
      '/ip4/192.168.1.1/tcp/1',
      '/ip4/100.64.1.1/tcp/1',
      '/ip4/169.254.1.1/tcp/1',
      '/ip6/::1/tcp/1',
      '/ip6/fe80::1/tcp/1',
      '/ip6/fd00::1/tcp/1',
      '/dns/example.com/tcp/1',
      relayed,
    ]) {
      expect([text, group(text)]).toEqual([text, undefined])
    }
    expect(group()).toBeUndefined()
  })
})
