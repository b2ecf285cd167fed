import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kindOfKey, withKind } from '../../../src/renderer/screens/records/key-kind.ts'
import { withChanges } from '../../../src/renderer/screens/records/store-rows.ts'
import {
  bestForm,
  bytesOfBase64,
  valuePreview,
  valueText,
} from '../../../src/renderer/screens/records/value-bytes.ts'
import { readBytes, readValue } from '../../../src/renderer/screens/records/value-input.ts'
import { bytesInputSchema } from '../../../src/shared/contract.ts'

describe('a value as it is given', () => {
  test('text and JSON go out byte for byte as they were typed', () => {
    const typed = '{"b": 1,  "a": "é"}'
    expect(readValue('json', typed)).toEqual({
      ok: true,
      input: { encoding: 'utf8', data: typed },
      sizeBytes: 20,
    })
    expect(readValue('text', 'not JSON').ok).toBe(true)
    expect(readValue('json', 'not JSON')).toMatchObject({ ok: false })
  })

  test('hex is read with spaces and 0x, and what is wrong with it is named', () => {
    const input = { encoding: 'hex', data: '68656c6c6f' }
    expect(readValue('hex', '0x68 65 6C 6c 6f')).toEqual({ ok: true, input, sizeBytes: 5 })
    expect(readValue('hex', '6')).toEqual({ ok: false, error: 'The last byte has only one hex digit.' })
    expect(readValue('hex', 'zz')).toEqual({ ok: false, error: '“z” is no hex digit (0–9, a–f).' })
  })

  test('what no network takes is refused with its size', () => {
    expect(readValue('text', 'x'.repeat(65_536)).ok).toBe(true)
    expect(readBytes(new Uint8Array(65_537))).toEqual({
      ok: false,
      error: 'The value has 65,537 bytes; networks take at most 65,536.',
    })
  })

  test('the bytes of a file come back from what is sent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const reading = readBytes(bytes)
        if (!reading.ok) throw new Error(reading.error)
        expect(bytesInputSchema.safeParse(reading.input).success).toBe(true)
        expect([...bytesOfBase64(reading.input.data)]).toEqual([...bytes])
      }),
    )
  })
})

describe('a value as it is shown', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)

  test('is JSON for objects and lists, text for other UTF-8, hex for the rest', () => {
    expect(bestForm(bytes('{"a":1}'))).toBe('json')
    expect(bestForm(bytes('17'))).toBe('text')
    expect(bestForm(bytes('two\nlines'))).toBe('text')
    expect(bestForm(Uint8Array.of(0xff, 0x00))).toBe('hex')
    expect(valueText(bytes('{"a":1}'), 'json')).toBe('{\n  "a": 1\n}')
  })

  test('every value has hex lines that hold all of its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (value) => {
        const lines = (valueText(value, 'hex') ?? '').split('\n').filter((line) => line !== '')
        const hex = lines.map((line) => line.slice(6, 53).replaceAll(' ', '')).join('')
        expect(hex).toBe(Buffer.from(value).toString('hex'))
      }),
    )
  })

  test('a preview is one short line, whatever the value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (value) => {
        const preview = valuePreview(value)
        expect(preview.length).toBeLessThanOrEqual(161)
        expect(preview).not.toMatch(/\n/)
      }),
    )
    expect(valuePreview(new Uint8Array())).toBe('(empty)')
  })
})

describe('the kind of a key', () => {
  test('is told by how it begins', () => {
    expect(kindOfKey('')).toBe('record')
    expect(kindOfKey('/note/hello')).toBe('record')
    expect(kindOfKey('/ipns/k51')).toBe('ipns')
    expect(kindOfKey('/pk/12D3')).toBe('pk')
    expect(kindOfKey('bafkrei')).toBe('content')
  })

  test('can be changed without losing a name that fits', () => {
    expect(withKind('/ipns/12D3KooW', 'pk', 'note')).toBe('/pk/12D3KooW')
    expect(withKind('/note/hello', 'pk', 'note')).toBe('/pk/')
    expect(withKind('/other/hello', 'record', 'note')).toBe('/note/hello')
    expect(withKind('/note/hello', 'content', 'note')).toBe('')
  })
})

test('rows follow the changes: gone, replaced, and new ones of this list on top', () => {
  const rows = [
    { id: 'a', of: 'note', version: 1 },
    { id: 'b', of: 'note', version: 1 },
  ]
  const changes = new Map([
    ['a', undefined],
    ['b', { id: 'b', of: 'note', version: 2 }],
    ['c', { id: 'c', of: 'note', version: 1 }],
    ['d', { id: 'd', of: 'other', version: 1 }],
    ['e', undefined],
  ])
  const shown = withChanges(
    rows,
    changes,
    ({ id }) => id,
    ({ of }) => of === 'note',
  )
  expect(shown.map(({ id, version }) => `${id}${version}`)).toEqual(['c1', 'b2'])
})
