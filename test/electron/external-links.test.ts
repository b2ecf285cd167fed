import { expect, test } from 'vitest'
import { isAllowedLink } from '../../src/main/electron/external-links.ts'

test.each(['https://ui.perfetto.dev/', 'https://github.com/libp2p/specs', 'https://specs.ipfs.tech/ipns/'])(
  'the browser may open %s',
  (link) => expect(isAllowedLink(link)).toBe(true),
)

test.each([
  'http://github.com/',
  'https://github.com.evil.example/',
  'https://evil.example/github.com',
  'https://github.com@evil.example/',
  'https://user:password@github.com/',
  'https://github.com:8443/',
  'file:///etc/hostname',
  'javascript:alert(1)',
  'kadscope://app/index.html',
  'smb://github.com/share',
  'not a link',
  '',
])('the browser may not open "%s"', (link) => expect(isAllowedLink(link)).toBe(false))
