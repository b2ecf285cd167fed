import fc from 'fast-check'
import { expect, test } from 'vitest'
import { log2Distance, sharedBits } from '../../../src/renderer/screens/lookups/keyspace.ts'

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'))

function distance(a: string, b: string): bigint {
  return BigInt(`0x${a}`) ^ BigInt(`0x${b}`)
}

test('shared bits are the leading zeros of the distance, near keys included', () => {
  fc.assert(
    fc.property(key, fc.nat(255), (a, bit) => {
      const b = (BigInt(`0x${a}`) ^ (1n << BigInt(bit))).toString(16).padStart(64, '0')
      expect(sharedBits(a, b)).toBe(255 - bit)
      expect(log2Distance(a, b)).toBeCloseTo(bit, 5)
    }),
  )
  expect(sharedBits('ab'.repeat(32), 'ab'.repeat(32))).toBe(256)
})

test('the logarithm orders peers as their distances do', () => {
  fc.assert(
    fc.property(key, key, key, (target, a, b) => {
      const difference = log2Distance(target, a) - log2Distance(target, b)
      if (Math.abs(difference) < 1e-6) return
      expect(difference > 0).toBe(distance(target, a) > distance(target, b))
    }),
  )
})

test('the logarithm is that of the whole distance', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      if (a === b) return
      const digits = distance(a, b).toString(16).padStart(64, '0')
      const expected = 256 - 52 + Math.log2(Number.parseInt(digits.slice(0, 13), 16))
      if (Number.isFinite(expected)) expect(log2Distance(a, b)).toBeCloseTo(expected, 4)
    }),
  )
})
