import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileDefinition } from '../../../src/main/validators/compile-definition.ts'
import { SandboxPool } from '../../../src/main/validators/sandbox-pool.ts'
import type { ValidatorDefinition } from '../../../src/shared/rows.ts'
import { bytes, PATIENT } from './fixtures.ts'

const NOW = Date.UTC(2030, 0, 2, 3, 4, 5)
const KEY = bytes('/note/hello')
let pool: SandboxPool

beforeAll(() => {
  pool = new SandboxPool(PATIENT)
})
afterAll(() => pool.close())

function compile(definition: ValidatorDefinition) {
  return compileDefinition(definition, { pool, now: () => NOW })
}

function javascript(source: string) {
  return compile({ kind: 'javascript', source })
}

/** The reason for which a script that returns an expression's text rejects. */
async function resultOf(expression: string, value = bytes('value'), key = KEY): Promise<string> {
  const validator = javascript(`function validate(key, value, now) { return String(${expression}) }`)
  return Promise.resolve(validator.validate(key, value)).then(
    () => 'accepted',
    (error: Error) => error.message,
  )
}

async function accepts(definition: ValidatorDefinition, value: Uint8Array): Promise<boolean> {
  const validator = compile(definition)
  return Promise.resolve()
    .then(() => validator.validate(KEY, value))
    .then(
      () => true,
      () => false,
    )
}

describe('declarative kinds', () => {
  const invalidText = Uint8Array.of(0xff, 0xfe)

  test('any takes every value', async () => {
    expect(await accepts({ kind: 'any' }, invalidText)).toBe(true)
  })

  test('utf8 takes text up to its size', async () => {
    expect(await accepts({ kind: 'utf8' }, bytes('grüße'))).toBe(true)
    expect(await accepts({ kind: 'utf8' }, invalidText)).toBe(false)
    expect(await accepts({ kind: 'utf8', maxSizeBytes: 7 }, bytes('grüße'))).toBe(true)
    expect(await accepts({ kind: 'utf8', maxSizeBytes: 6 }, bytes('grüße'))).toBe(false)
  })

  test('size takes values up to it, and says how long a refused one is', async () => {
    expect(await accepts({ kind: 'size', maxSizeBytes: 2 }, invalidText)).toBe(true)
    expect(() => compile({ kind: 'size', maxSizeBytes: 1 }).validate(KEY, invalidText)).toThrow(
      /2 bytes; at most 1/,
    )
  })

  test('all take the first of several values', async () => {
    const schema: ValidatorDefinition = { kind: 'json-schema', schema: 'true' }
    for (const definition of [{ kind: 'any' }, { kind: 'utf8' }, schema] as ValidatorDefinition[]) {
      expect(await compile(definition).select(KEY, [bytes('a'), bytes('b')])).toBe(0)
    }
  })
})

describe('json-schema', () => {
  const schema = JSON.stringify({
    type: 'object',
    required: ['age'],
    properties: { age: { minimum: 0, type: 'number' } },
  })

  test('takes documents that match, and names what does not', async () => {
    const validator = compile({ kind: 'json-schema', schema })
    await validator.validate(KEY, bytes('{"age":1}'))
    await expect(validator.validate(KEY, bytes('{"age":-1}'))).rejects.toThrow(/value\/age must be >= 0/)
    await expect(validator.validate(KEY, bytes('{}'))).rejects.toThrow(/required property 'age'/)
    await expect(validator.validate(KEY, bytes('no json'))).rejects.toThrow('The value is not JSON.')
  })

  test('knows the 2020-12 dialect', async () => {
    const dialect = 'https://json-schema.org/draft/2020-12/schema'
    const tuple = JSON.stringify({
      $schema: dialect,
      type: 'array',
      prefixItems: [{ type: 'string' }],
      items: false,
      minItems: 1,
    })
    await compile({ kind: 'json-schema', schema: tuple }).validate(KEY, bytes('["a"]'))
    await expect(
      compile({ kind: 'json-schema', schema: tuple }).validate(KEY, bytes('["a",1]')),
    ).rejects.toThrow(/match/)
  })

  test.each([
    ['no JSON', '{', /JSON/],
    ['a schema that is no object', '1', /object, true or false/],
    ['an unknown keyword', '{"mininum":1}', /unknown keyword: "mininum"/],
    ['a wrong keyword value', '{"type":"strin"}', /type/],
    ['a reference to elsewhere', '{"$ref":"https://example.com/a"}', /reference/],
  ])('refuses %s', async (_name, source, expected) => {
    const compiled = compile({ kind: 'json-schema', schema: source })
    await expect(compiled.prepare()).rejects.toMatchObject({ code: 'ERR_VALIDATOR_COMPILE' })
    await expect(compiled.prepare()).rejects.toThrow(expected)
  })

  test('ends a pattern that backtracks', async () => {
    const strict = new SandboxPool({ ...PATIENT, timeoutMs: 50 })
    const evil: ValidatorDefinition = { kind: 'json-schema', schema: '{"type":"string","pattern":"^(a+)+$"}' }
    const validator = compileDefinition(evil, { pool: strict, now: () => NOW })
    const value = bytes(JSON.stringify(`${'a'.repeat(64)}b`))
    await expect(validator.validate(KEY, value)).rejects.toThrow(/longer than 50 ms/)
    await strict.close()
  })
})

describe('javascript', () => {
  test.each([
    ['nothing', ''],
    ['true', 'return true'],
  ])('accepts by returning %s', async (_name, body) => {
    await javascript(`function validate() { ${body} }`).validate(KEY, bytes('x'))
  })

  test.each([
    ['false', 'return false', 'validate returned false.'],
    ['a reason', 'return "too short"', 'too short'],
    ['an error', 'throw new Error("too short")', 'too short'],
    ['a thrown string', 'throw "too short"', 'too short'],
  ])('rejects by %s', async (_name, body, reason) => {
    const validator = javascript(`function validate() { ${body} }`)
    await expect(validator.validate(KEY, bytes('x'))).rejects.toMatchObject({
      code: 'ERR_INVALID_RECORD',
      message: reason,
    })
  })

  test('sees the key as text, name and bytes', async () => {
    expect(await resultOf('[key.text, key.name, key.bytes.length]')).toBe('/note/hello,hello,11')
    const binary = Uint8Array.from([...bytes('/bin/'), 0xff, 0x00])
    expect(await resultOf('[key.text, key.name, key.bytes[5], key.bytes[6]]', bytes('x'), binary)).toBe(
      ',,255,0',
    )
  })

  test('sees the value as bytes, text and JSON', async () => {
    expect(await resultOf('[value instanceof Uint8Array, value.length, value[0]]', Uint8Array.of(7, 8))).toBe(
      'true,2,7',
    )
    expect(await resultOf('value.text()', bytes('grüße 🎉'))).toBe('grüße 🎉')
    expect(await resultOf('value.text().length', bytes('a\0b'))).toBe('3')
    expect(await resultOf('value.json().a[1]', bytes('{"a":[1,2]}'))).toBe('2')
    expect(await resultOf('value.text()', Uint8Array.of(0xff))).toBe('The value is not UTF-8 text.')
    expect(await resultOf('value.json()', bytes('{'))).toBe('The value is not JSON.')
    expect(await resultOf('value.length', new Uint8Array(0))).toBe('0')
  })

  test('has no clock but the argument, and no time zone', async () => {
    const present = '[now, Date.now(), new Date().getTime()].every((time) => time === now)'
    expect(await resultOf(present)).toBe('true')
    expect(await resultOf('now')).toBe(String(NOW))
    expect(await resultOf('new Date().getHours()')).toBe('3')
    expect(await resultOf('new Date(2030, 0, 1).toISOString()')).toBe('2030-01-01T00:00:00.000Z')
    expect(await resultOf('[typeof Math.random, typeof performance, typeof WeakRef]')).toBe(
      'undefined,undefined,undefined',
    )
  })

  test('selects by select, and the first without one', async () => {
    const values = ['1', '3', '2'].map(bytes)
    const longest = `function validate() {}
      function select(key, values, now) { return values.reduce((best, v, i) => v.json() > values[best].json() ? i : best, 0) }`
    expect(await javascript(longest).select(KEY, values)).toBe(1)
    expect(await javascript('const validate = () => true').select(KEY, values)).toBe(0)
  })

  test.each(['-1', '3', '1.5', 'NaN', '"0"', 'undefined', 'null', '[0]', '0n', 'new Number(0)'])(
    'refuses %s as an index',
    async (index) => {
      const validator = javascript(`function validate() {} function select() { return ${index} }`)
      await expect(validator.select(KEY, ['a', 'b', 'c'].map(bytes))).rejects.toThrow(/select returned/)
    },
  )

  test.each([
    ['a syntax error', 'let a = 1\nfunction validate( {', /line 2/],
    ['an error at the top level', '\n\nnull.x', /line 3: cannot read property/],
    ['no validate', 'const other = 1', /no function validate/],
    ['a validate that is no function', 'var validate = 1', /no function validate/],
    [
      'a validate that throws when it is read',
      'Object.defineProperty(globalThis, "validate", { get() { throw 1 } })',
      /no function validate/,
    ],
  ])('refuses %s', async (_name, source, expected) => {
    const compiled = javascript(source)
    await expect(compiled.prepare()).rejects.toMatchObject({ code: 'ERR_VALIDATOR_COMPILE' })
    await expect(compiled.prepare()).rejects.toThrow(expected)
  })
})
