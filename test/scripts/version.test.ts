import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkSetupNode, isAtLeast, parseVersion } from '../../scripts/lib/version.mjs'

const version = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99))
const text = ([major, minor, patch]: number[]) => `${major}.${minor}.${patch}`

test('a version is read back from its text, with or without the v and a suffix', () => {
  fc.assert(
    fc.property(
      version,
      fc.constantFrom('', 'v'),
      fc.constantFrom('', '-nightly', '\n'),
      (parts, before, after) => {
        expect(parseVersion(before + text(parts) + after)).toEqual(parts)
      },
    ),
  )
})

test('versions are ordered by major, then minor, then patch', () => {
  fc.assert(
    fc.property(version, version, (a, b) => {
      const order = a.findIndex((part, index) => part !== b[index])
      const expected = order === -1 || Number(a[order]) > Number(b[order])
      expect(isAtLeast(text(a), text(b))).toBe(expected)
    }),
  )
})

test('what is no version is never new enough', () => {
  for (const odd of ['', 'v22', 'spawn node ENOENT', '22.x.0']) expect(isAtLeast(odd, '0.0.0')).toBe(false)
})

test('set-up runs from Node 20 on, and says so in one sentence below it', () => {
  expect(() => checkSetupNode('20.0.0')).not.toThrow()
  expect(() => checkSetupNode('18.20.4')).toThrow(/Node 20 or newer.*this is Node 18\.20\.4.*install/)
})
