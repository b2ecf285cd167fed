import { describe, expect, test } from 'vitest'
import { InvalidRecordTypeError } from '../../../src/dht/errors.ts'
import { NetworkValidator } from '../../../src/main/node/network-validator.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const plain = bytes('plain')
const unregistered = bytes('/other/x')
const registered = bytes('/note/x')

/** Which of the three keys a policy takes. */
async function accepted(strictNamespaces: boolean, plainKeys: boolean): Promise<boolean[]> {
  const validator = new NetworkValidator({ strictNamespaces, plainKeys })
  validator.addValidator('note', { validate: () => {}, select: () => 0 })
  const verdicts = [plain, unregistered, registered].map((key) =>
    validator.validate(key, new Uint8Array()).then(
      () => true,
      (error: unknown) => {
        expect(error).toBeInstanceOf(InvalidRecordTypeError)
        return false
      },
    ),
  )
  return Promise.all(verdicts)
}

describe('NetworkValidator', () => {
  test.each([
    { strictNamespaces: true, plainKeys: false, takes: [false, false, true] },
    { strictNamespaces: false, plainKeys: false, takes: [false, true, true] },
    { strictNamespaces: true, plainKeys: true, takes: [true, false, true] },
    { strictNamespaces: false, plainKeys: true, takes: [true, true, true] },
  ])(
    'strict $strictNamespaces, plain $plainKeys: plain, unregistered, registered are $takes',
    async (policy) => {
      expect(await accepted(policy.strictNamespaces, policy.plainKeys)).toEqual(policy.takes)
    },
  )

  test('a registered validator decides alone', async () => {
    const validator = new NetworkValidator({ strictNamespaces: false, plainKeys: true })
    validator.addValidator('note', {
      validate: () => {
        throw new Error('never')
      },
      select: () => 0,
    })
    await expect(validator.validate(registered, new Uint8Array())).rejects.toThrow('never')
  })
})
