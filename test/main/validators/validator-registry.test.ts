import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NamespacedValidator } from '../../../src/dht/records/namespaced-validator.ts'
import { SandboxPool } from '../../../src/main/validators/sandbox-pool.ts'
import {
  ValidatorRegistry,
  type ValidatorRegistryOptions,
} from '../../../src/main/validators/validator-registry.ts'
import { bytes, FakeStorage, PATIENT } from './fixtures.ts'

const KEY = bytes('/note/hello')
const small = { kind: 'size', maxSizeBytes: 3 } as const
const big = { kind: 'size', maxSizeBytes: 30 } as const
const shouting = {
  kind: 'javascript',
  source: `function validate(key, value) { if (value.text() !== value.text().toUpperCase()) return 'not loud' }
    function select(key, values) { return values.length - 1 }`,
} as const
const builtIn = { namespace: 'pk', validator: { validate: () => {}, select: () => 0 } }

let pool: SandboxPool
beforeAll(() => {
  pool = new SandboxPool(PATIENT)
})
afterAll(() => pool.close())

async function setUp(options: Partial<ValidatorRegistryOptions> = {}, storage = new FakeStorage()) {
  const target = new NamespacedValidator()
  const changes: string[] = []
  const registry = await ValidatorRegistry.open({
    network: 'Amino',
    storage,
    target,
    builtIn: [],
    pool,
    now: () => 1_000,
    onChange: (namespace) => changes.push(namespace),
    ...options,
  })
  return { registry, target, storage, changes }
}

describe('registering', () => {
  test('applies at once to the running node, and is listed', async () => {
    const { registry, target, changes } = await setUp()
    const row = await registry.register('note', small)
    expect(row).toEqual({
      namespace: 'note',
      builtIn: false,
      replaceable: true,
      definition: small,
      enabled: true,
      version: 1,
      registeredAt: 1_000,
      counts: { accepted: 0, rejected: 0 },
    })
    await target.validate(KEY, bytes('abc'))
    await expect(target.validate(KEY, bytes('abcd'))).rejects.toThrow(/4 bytes/)
    expect(changes).toEqual(['note'])
  })

  test('again replaces, with the next version', async () => {
    const { registry, target } = await setUp()
    await registry.register('note', small)
    expect(await registry.register('note', big)).toMatchObject({ version: 2, definition: big })
    await target.validate(KEY, bytes('abcd'))
  })

  test('changes to one namespace made at once all count', async () => {
    const { registry } = await setUp()
    await Promise.all([small, big, shouting].map((definition) => registry.register('note', definition)))
    expect(registry.rows()).toMatchObject([{ version: 3, definition: shouting }])
  })

  test('refuses what does not compile, with its line, and keeps what was there', async () => {
    const { registry, target, storage } = await setUp()
    await registry.register('note', small)
    const broken = { kind: 'javascript', source: 'let a\nfunction (' } as const
    await expect(registry.register('note', broken)).rejects.toMatchObject({
      code: 'ERR_VALIDATOR_COMPILE',
      line: 2,
    })
    expect(storage.stored.get('note')).toMatchObject({ version: 1, definition: small })
    await target.validate(KEY, bytes('abc'))
  })

  test('refuses a name that is none', async () => {
    const { registry } = await setUp()
    await expect(registry.register('a/b', small)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' })
  })

  test('changes nothing when it cannot be stored', async () => {
    const { registry, target, storage } = await setUp()
    storage.failure = new Error('The disk is full.')
    await expect(registry.register('note', small)).rejects.toThrow('The disk is full.')
    expect(registry.rows()).toEqual([])
    expect(target.covers(KEY)).toBe(false)
  })
})

describe('disabling and removing', () => {
  test('a disabled validator is not applied until it is enabled', async () => {
    const { registry, target } = await setUp()
    await registry.register('note', small)
    expect(await registry.setEnabled('note', false)).toMatchObject({ enabled: false, version: 1 })
    expect(target.covers(KEY)).toBe(false)
    await registry.setEnabled('note', true)
    expect(target.covers(KEY)).toBe(true)
  })

  test('a removed one is gone from node, list and storage', async () => {
    const { registry, target, storage } = await setUp()
    await registry.register('note', small)
    await registry.remove('note')
    expect(target.covers(KEY)).toBe(false)
    expect([...registry.rows(), ...storage.stored]).toEqual([])
  })

  test('what nobody registered is refused', async () => {
    const { registry } = await setUp()
    await expect(registry.remove('note')).rejects.toMatchObject({ code: 'ERR_VALIDATOR_UNKNOWN' })
    await expect(registry.setEnabled('note', true)).rejects.toMatchObject({ code: 'ERR_VALIDATOR_UNKNOWN' })
  })
})

describe('a restart', () => {
  test('brings back what was registered, JavaScript and switches included', async () => {
    const { registry, storage } = await setUp()
    await registry.register('note', shouting)
    await registry.register('other', small)
    await registry.register('other', big)
    await registry.setEnabled('other', false)
    const again = await setUp({}, storage)
    expect(again.registry.rows()).toEqual(registry.rows())
    await again.target.validate(KEY, bytes('LOUD'))
    await expect(again.target.validate(KEY, bytes('soft'))).rejects.toThrow('not loud')
    expect(await again.target.select(KEY, ['A', 'B'].map(bytes))).toBe(1)
    expect(again.target.covers(bytes('/other/x'))).toBe(false)
  })

  test('lists a stored validator that does not compile any more, which refuses every value saying why', async () => {
    const storage = new FakeStorage()
    await storage.put({
      namespace: 'note',
      definition: { kind: 'javascript', source: '(' },
      enabled: true,
      version: 1,
      registeredAt: 1,
    })
    const { registry, target } = await setUp({}, storage)
    expect(registry.rows()).toMatchObject([{ namespace: 'note', enabled: true }])
    await expect(target.validate(KEY, bytes('x'))).rejects.toThrow(/does not compile: line 1/)
  })
})

describe('built-in validators', () => {
  const fixed = { builtIn: [{ ...builtIn, isReplaceable: false }] }
  const free = { builtIn: [{ ...builtIn, isReplaceable: true }] }
  const pkKey = bytes('/pk/x')

  test('are applied, counted and listed first', async () => {
    const { registry, target } = await setUp(fixed)
    await registry.register('a', small)
    await target.validate(pkKey, bytes('any'))
    expect(registry.rows()).toMatchObject([
      {
        namespace: 'pk',
        builtIn: true,
        replaceable: false,
        enabled: true,
        counts: { accepted: 1, rejected: 0 },
      },
      { namespace: 'a', builtIn: false },
    ])
  })

  test('cannot be changed where the network says so', async () => {
    const { registry } = await setUp(fixed)
    const refusal = {
      code: 'ERR_VALIDATOR_PROTECTED',
      message: expect.stringContaining('cannot be changed on Amino'),
    }
    await expect(registry.register('pk', small)).rejects.toMatchObject(refusal)
    await expect(registry.setEnabled('pk', false)).rejects.toMatchObject(refusal)
    await expect(registry.remove('pk')).rejects.toMatchObject(refusal)
  })

  test('win over a stored replacement where they must not be replaced', async () => {
    const storage = new FakeStorage()
    await storage.put({ namespace: 'pk', definition: small, enabled: true, version: 1, registeredAt: 1 })
    const { registry, target } = await setUp(fixed, storage)
    await target.validate(pkKey, bytes('longer than three'))
    expect(registry.rows()).toMatchObject([{ namespace: 'pk', version: 0 }])
  })

  test('can be replaced elsewhere, and come back when the replacement is removed', async () => {
    const { registry, target } = await setUp(free)
    expect(await registry.register('pk', small)).toMatchObject({ builtIn: true, definition: small })
    await expect(target.validate(pkKey, bytes('longer'))).rejects.toThrow(/bytes/)
    await registry.remove('pk')
    await target.validate(pkKey, bytes('longer'))
  })
})

describe('verdicts', () => {
  test('of the node are counted; checks and tests are not', async () => {
    const { registry, target } = await setUp()
    await registry.register('note', small)
    await target.validate(KEY, bytes('abc'))
    await target.validate(KEY, bytes('abcd')).catch(() => {})
    await registry.check(KEY, bytes('abc'))
    await registry.test(small, samples('abc'))
    expect(registry.rows()).toMatchObject([{ counts: { accepted: 1, rejected: 1 } }])
  })

  test('check tells what the validator in force says while a value is typed', async () => {
    const { registry } = await setUp()
    await registry.register('note', shouting)
    expect(await registry.check(KEY, bytes('LOUD'))).toMatchObject({ ok: true, namespace: 'note' })
    expect(await registry.check(KEY, bytes('soft'))).toMatchObject({ ok: false, reason: 'not loud' })
  })

  test('check tells the policy of the network where no validator is in force', async () => {
    const { registry, target } = await setUp()
    await registry.register('note', small)
    await registry.setEnabled('note', false)
    expect(await registry.check(KEY, bytes('x'))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('/note'),
    })
    expect(await registry.check(bytes('plain'), bytes('x'))).toMatchObject({ ok: false })
    target.strictValidation = false
    expect(await registry.check(KEY, bytes('x'))).toMatchObject({ ok: true })
    expect(registry.rows()).toMatchObject([{ counts: { accepted: 0, rejected: 0 } }])
  })

  test('test judges each sample and says which is selected, without registering', async () => {
    const { registry } = await setUp()
    const result = await registry.test(shouting, samples('a', 'B', 'c', 'D'))
    expect(result.samples.map(({ ok }) => ok)).toEqual([false, true, false, true])
    expect(result.samples[0]?.reason).toBe('not loud')
    expect(result.selected).toBe(3)
    expect(registry.rows()).toEqual([])
  })

  test('test selects among samples of one key', async () => {
    const { registry } = await setUp()
    const mixed = [...samples('A'), { key: bytes('/note/other'), value: bytes('B') }]
    expect(await registry.test(shouting, mixed)).toMatchObject({ selected: 0 })
  })

  test('test selects nothing where nothing is valid, and says when select fails', async () => {
    const { registry } = await setUp()
    const source = 'function validate() {} function select() { throw Error("no idea") }'
    expect(await registry.test(shouting, samples('a'))).not.toHaveProperty('selected')
    expect(await registry.test({ kind: 'javascript', source }, samples('a'))).toMatchObject({
      selectError: 'no idea',
    })
  })

  test('test says why a definition does not compile', async () => {
    const { registry } = await setUp()
    const result = await registry.test({ kind: 'javascript', source: '\n(' }, samples('a'))
    expect(result).toEqual({ compileError: expect.stringMatching(/line 2/), samples: [] })
  })
})

function samples(...values: string[]) {
  return values.map((value) => ({ key: KEY, value: bytes(value) }))
}
