import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidArgumentError, InvalidRecordError, InvalidRecordTypeError } from '../../../src/dht/errors.ts'
import { NamespacedValidator } from '../../../src/dht/records/namespaced-validator.ts'
import type { Validator } from '../../../src/dht/records/validator.ts'

const text = (value: string) => new TextEncoder().encode(value)

/** Accepts values that begin with a byte below 128; the largest is best. */
const evenTempered: Validator = {
  validate(_key, value) {
    if ((value[0] ?? 255) >= 128) throw new Error('begins too high')
  },
  select: (_key, values) =>
    values.reduce((best, value, i) => ((value[0] ?? 0) > (values[best]?.[0] ?? 0) ? i : best), 0),
}

describe('NamespacedValidator', () => {
  test('the namespace stands between the first two slashes', () => {
    const validator = new NamespacedValidator()
    fc.assert(
      fc.property(fc.stringMatching(/^[^/]{1,10}$/u), fc.uint8Array({ maxLength: 10 }), (namespace, rest) => {
        fc.pre(namespace.isWellFormed())
        const key = Uint8Array.from([...text(`/${namespace}/`), ...rest])
        expect(validator.namespaceOf(key)).toBe(namespace.replace(/^\uFEFF/, ''))
      }),
    )
  })

  test.each(['', '/', '//', 'note/hello', '/note', '//hello', 'plain'])('%j has no namespace', (key) => {
    expect(new NamespacedValidator().namespaceOf(text(key))).toBeUndefined()
  })

  test('a namespace that is no UTF-8 is none', () => {
    expect(new NamespacedValidator().namespaceOf(Uint8Array.of(0x2f, 0xff, 0x2f, 1))).toBeUndefined()
  })

  test('asks the validator of the key’s namespace', async () => {
    const validator = new NamespacedValidator({ note: evenTempered })
    await validator.validate(text('/note/a'), Uint8Array.of(1))
    await expect(validator.validate(text('/note/a'), Uint8Array.of(200))).rejects.toThrow('begins too high')
    expect(
      await validator.select(text('/note/a'), [Uint8Array.of(1), Uint8Array.of(9), Uint8Array.of(3)]),
    ).toBe(1)
  })

  test('strict: refuses keys without a namespace and namespaces nobody registered', async () => {
    const validator = new NamespacedValidator({ note: evenTempered })
    for (const key of ['plain', '/other/a']) {
      await expect(validator.validate(text(key), text('x'))).rejects.toThrow(InvalidRecordTypeError)
      await expect(validator.select(text(key), [text('x')])).rejects.toThrow(InvalidRecordTypeError)
    }
  })

  test('not strict: accepts both, warns of the unregistered, selects the first', async () => {
    const warnings: string[] = []
    const onWarning = (message: string) => warnings.push(message)
    const validator = new NamespacedValidator({}, { strictValidation: false, onWarning })
    await validator.validate(text('plain'), text('x'))
    expect(warnings).toEqual([])
    await validator.validate(text('/other/a'), text('x'))
    expect(warnings).toHaveLength(1)
    expect(await validator.select(text('plain'), [text('b'), text('a')])).toBe(0)
  })

  test('validators come and go at run time', async () => {
    const validator = new NamespacedValidator()
    expect(validator.covers(text('/note/a'))).toBe(false)
    validator.addValidator('note', evenTempered)
    expect(validator.covers(text('/note/a'))).toBe(true)
    expect(validator.removeValidator('note')).toBe(true)
    expect(validator.removeValidator('note')).toBe(false)
    await expect(validator.validate(text('/note/a'), Uint8Array.of(1))).rejects.toThrow(
      InvalidRecordTypeError,
    )
  })

  test.each([-1, 2, 0.5, Number.NaN])(
    'an answer of %d from a validator’s select is refused',
    async (answer) => {
      const validator = new NamespacedValidator({ note: { validate() {}, select: () => answer } })
      await expect(validator.select(text('/note/a'), [text('a'), text('b')])).rejects.toThrow(
        InvalidRecordError,
      )
    },
  )

  test('selecting from nothing, and namespaces with a slash, are mistakes of the caller', async () => {
    const validator = new NamespacedValidator()
    await expect(validator.select(text('/note/a'), [])).rejects.toThrow(InvalidArgumentError)
    expect(() => validator.addValidator('a/b', evenTempered)).toThrow(InvalidArgumentError)
    expect(() => new NamespacedValidator({ '': evenTempered })).toThrow(InvalidArgumentError)
  })
})
