import fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { describe, expect, test } from 'vitest'
import { FrameReader, frame, uvarintLength, writeUvarint } from '../../../src/dht/wire/framing.ts'
import { MalformedMessageError } from '../../../src/dht/wire/malformed-message-error.ts'

const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), { minLength: 1, maxLength: 6 })

function concat(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

function cutAt(bytes: Uint8Array, cuts: number[]): Uint8Array[] {
  const points = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...points, bytes.length].map((end, i) => bytes.subarray(points[i - 1] ?? 0, end))
}

describe('FrameReader', () => {
  test('gives the same messages however the bytes are cut', () => {
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(), { maxLength: 20 }), (messages, cuts) => {
        const reader = new FrameReader()
        const chunks = cutAt(concat(messages.map(frame)), cuts)
        expect(chunks.flatMap((chunk) => reader.push(chunk))).toEqual(messages)
        expect(reader.isIdle).toBe(true)
      }),
    )
  })

  test('reads byte by byte, and lists of chunks', () => {
    fc.assert(
      fc.property(bodies, (messages) => {
        const bytes = concat(messages.map(frame))
        const single = [...bytes].map((byte) => Uint8Array.of(byte))
        const reader = new FrameReader()
        expect(single.flatMap((chunk) => reader.push(chunk))).toEqual(messages)
        expect(new FrameReader().push(new Uint8ArrayList(...single))).toEqual(messages)
      }),
    )
  })

  test('is not idle in the middle of a frame', () => {
    const reader = new FrameReader()
    reader.push(Uint8Array.of(0x05, 1, 2))
    expect(reader.isIdle).toBe(false)
    const inLength = new FrameReader()
    inLength.push(Uint8Array.of(0x85))
    expect(inLength.isIdle).toBe(false)
  })

  test.each([
    ['an empty frame', [0x00]],
    ['an overlong length', [0x85, 0x00]],
    ['an overlong zero', [0x80, 0x00]],
    ['a length of five bytes', [0x80, 0x80, 0x80, 0x80, 0x01]],
    ['an endless length', Array.from({ length: 100 }, () => 0x80)],
    ['a length above 4 MiB', [0x81, 0x80, 0x80, 0x02]],
    ['the largest length of four bytes', [0xff, 0xff, 0xff, 0x7f]],
  ])('refuses %s', (_name, bytes) => {
    expect(() => new FrameReader().push(Uint8Array.from(bytes))).toThrow(MalformedMessageError)
  })

  test('accepts exactly its maximum and refuses one byte more', () => {
    const reader = new FrameReader(300)
    expect(reader.push(frame(new Uint8Array(300)))).toHaveLength(1)
    expect(() => reader.push(frame(new Uint8Array(301)))).toThrow(/301 bytes/)
  })

  test('§8.2 a declared 4 MiB allocates with what arrives, not with what is declared', () => {
    const declared = new Uint8Array(4)
    writeUvarint(4 * 1024 * 1024, declared, 0)
    const before = process.memoryUsage().arrayBuffers
    const readers = Array.from({ length: 200 }, () => new FrameReader())
    for (const reader of readers) reader.push(Uint8Array.from([...declared, 1, 2, 3]))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024)
    expect(readers.every((reader) => !reader.isIdle)).toBe(true)
  })

  test('a varint takes as many bytes as said', () => {
    fc.assert(
      fc.property(fc.nat(), (value) => {
        expect(writeUvarint(value, new Uint8Array(5), 0)).toBe(uvarintLength(value))
      }),
    )
  })
})
