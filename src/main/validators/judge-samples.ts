import type { Validator } from '../../dht/records/validator.ts'

/** Values to judge under one key. */
export interface ValidatorSamples {
  /** The whole record key, `/note/hello`, in bytes. */
  key: Uint8Array
  values: Uint8Array[]
}

/** What a validator says of one value. */
export interface Judgement {
  isAccepted: boolean
  /** Why not, in a sentence. */
  reason?: string
  durationMs: number
}

/** What a validator says of samples. */
export interface SampleJudgement {
  /** One for each value, in their order. */
  verdicts: Judgement[]
  /** Index, among all values, of the one that `select` takes; absent when none is valid, or it fails. */
  selected?: number
  /** Why nothing was selected, when the validator failed to. */
  selectProblem?: string
}

/** Asks a validator about a value, and times it. Never throws. */
export async function judge(validator: Validator, key: Uint8Array, value: Uint8Array): Promise<Judgement> {
  const start = performance.now()
  try {
    await validator.validate(key, value)
    return { isAccepted: true, durationMs: performance.now() - start }
  } catch (error) {
    return { isAccepted: false, reason: reasonOf(error), durationMs: performance.now() - start }
  }
}

/** Asks a validator about each value, one after the other, and which of the accepted ones is best. */
export async function judgeSamples(
  validator: Validator,
  { key, values }: ValidatorSamples,
): Promise<SampleJudgement> {
  const verdicts: Judgement[] = []
  for (const value of values) verdicts.push(await judge(validator, key, value))
  const accepted = [...values.keys()].filter((i) => verdicts[i]?.isAccepted)
  if (accepted.length === 0) return { verdicts }
  try {
    const best = await validator.select(
      key,
      values.filter((_, i) => accepted.includes(i)),
    )
    const selected = accepted[best]
    return { verdicts, ...(selected !== undefined && { selected }) }
  } catch (error) {
    return { verdicts, selectProblem: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
