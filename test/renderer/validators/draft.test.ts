import { describe, expect, test } from 'vitest'
import {
  definitionOf,
  draftOf,
  isChanged,
  namespaceProblem,
  sampleKey,
  validatorKinds,
} from '../../../src/renderer/screens/validators/draft.ts'
import { type ValidatorRow, validatorDefinitionSchema } from '../../../src/shared/rows.ts'

const row: ValidatorRow = {
  namespace: 'note',
  builtIn: false,
  replaceable: true,
  definition: { kind: 'utf8', maxSizeBytes: 280 },
  enabled: true,
  version: 3,
  registeredAt: 0,
  counts: { accepted: 0, rejected: 0 },
}

describe('a draft', () => {
  test('of every kind begins as a definition the contract takes', () => {
    for (const { value: kind } of validatorKinds) {
      const definition = definitionOf({ ...draftOf(undefined), kind })
      expect(validatorDefinitionSchema.safeParse(definition).success).toBe(true)
    }
  })

  test('of what is registered is unchanged until a field is', () => {
    const draft = draftOf(row)
    expect(isChanged(draft, row)).toBe(false)
    expect(isChanged({ ...draft, maxSizeBytes: 281 }, row)).toBe(true)
    expect(isChanged({ ...draft, kind: 'javascript' }, row)).toBe(true)
  })

  test('that lacks a field it needs is no definition', () => {
    expect(definitionOf({ ...draftOf(row), kind: 'size', maxSizeBytes: undefined })).toBeUndefined()
    expect(definitionOf({ ...draftOf(row), kind: 'javascript', source: ' ' })).toBeUndefined()
    expect(definitionOf({ ...draftOf(row), maxSizeBytes: undefined })).toEqual({ kind: 'utf8' })
  })
})

test('a namespace is refused with what is allowed', () => {
  expect(namespaceProblem('note')).toBeUndefined()
  expect(namespaceProblem('')).toMatch(/^Give the namespace/)
  expect(namespaceProblem('/note')).toMatch(/without slashes/)
})

test('samples have a key that can be read, also while the namespace is being typed', () => {
  expect(sampleKey('offer', undefined)).toBe('/offer/sample')
  expect(sampleKey('of/', undefined)).toBe('/note/sample')
  expect(sampleKey('ipns', '12D3KooW')).toBe('/ipns/12D3KooW')
})
