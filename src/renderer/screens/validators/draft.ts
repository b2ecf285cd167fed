import { namespaceSchema, type ValidatorDefinition, type ValidatorRow } from '../../../shared/rows.ts'
import { JAVASCRIPT_EXAMPLE, SCHEMA_EXAMPLE } from './examples.ts'

export type ValidatorKind = ValidatorDefinition['kind']

export const validatorKinds: { value: ValidatorKind; label: string }[] = [
  { value: 'javascript', label: 'JavaScript' },
  { value: 'json-schema', label: 'JSON Schema' },
  { value: 'utf8', label: 'UTF-8' },
  { value: 'size', label: 'size' },
  { value: 'any', label: 'any' },
]

/** A definition while it is edited: the fields of every kind stay when another is looked at. */
export interface ValidatorDraft {
  namespace: string
  kind: ValidatorKind
  source: string
  schema: string
  /** Bytes; absent for no limit of its own. */
  maxSizeBytes: number | undefined
}

/** A draft of what is registered, or a worked example to begin with. */
export function draftOf(row: ValidatorRow | undefined): ValidatorDraft {
  const definition = row?.definition
  const blank: ValidatorDraft = {
    namespace: row?.namespace ?? '',
    kind: definition?.kind ?? 'javascript',
    source: JAVASCRIPT_EXAMPLE,
    schema: SCHEMA_EXAMPLE,
    maxSizeBytes: 1024,
  }
  if (definition === undefined) return blank
  const limit = 'maxSizeBytes' in definition ? definition.maxSizeBytes : undefined
  return {
    ...blank,
    ...(definition.kind === 'javascript' && { source: definition.source }),
    ...(definition.kind === 'json-schema' && { schema: definition.schema }),
    ...((definition.kind === 'utf8' || definition.kind === 'size') && { maxSizeBytes: limit }),
  }
}

/** The definition of a draft; undefined while a field it needs is missing. */
export function definitionOf({
  kind,
  source,
  schema,
  maxSizeBytes,
}: ValidatorDraft): ValidatorDefinition | undefined {
  switch (kind) {
    case 'any':
      return { kind }
    case 'utf8':
      return { kind, ...(maxSizeBytes !== undefined && { maxSizeBytes }) }
    case 'size':
      return maxSizeBytes === undefined ? undefined : { kind, maxSizeBytes }
    case 'json-schema':
      return schema.trim() === '' ? undefined : { kind, schema }
    case 'javascript':
      return source.trim() === '' ? undefined : { kind, source }
  }
}

/** What is wrong with a namespace; undefined when nothing is. */
export function namespaceProblem(namespace: string): string | undefined {
  if (namespace === '') return 'Give the namespace it is for: note for keys like /note/hello.'
  const parsed = namespaceSchema.safeParse(namespace)
  return parsed.success ? undefined : parsed.error.issues[0]?.message
}

/** Whether a draft says something else than what is registered. */
export function isChanged(draft: ValidatorDraft, row: ValidatorRow | undefined): boolean {
  return JSON.stringify(definitionOf(draft)) !== JSON.stringify(row?.definition)
}

/** A key that samples are tried under: of the draft's namespace, or of `note` while that is none. */
export function sampleKey(namespace: string, peerId: string | undefined): string {
  if (namespace === 'pk' || namespace === 'ipns') return `/${namespace}/${peerId ?? ''}`
  return `/${namespaceProblem(namespace) === undefined ? namespace : 'note'}/sample`
}
