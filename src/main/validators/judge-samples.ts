import { equals } from 'uint8arrays/equals'
import type { Validator } from '../../dht/records/validator.ts'
import type { ValidatorTestResult } from '../../shared/contract.ts'

/** A value to judge, with the whole record key (`/note/hello`) it would be stored under. */
export interface ValidatorSample {
  key: Uint8Array
  value: Uint8Array
}

/** What a validator says of one value: accepted, or not and why; and how long it took. */
export type Judgement = ValidatorTestResult['samples'][number]

/** Asks a validator about a value, and times it. Never throws. */
export async function judge(
  validator: Pick<Validator, 'validate'>,
  sample: ValidatorSample,
): Promise<Judgement> {
  const start = performance.now()
  try {
    await validator.validate(sample.key, sample.value)
    return { ok: true, durationMs: performance.now() - start }
  } catch (error) {
    return { ok: false, reason: reasonOf(error), durationMs: performance.now() - start }
  }
}

/** Asks a validator about each sample, one after the other, and which is best of those it may choose from. */
export async function judgeSamples(
  validator: Validator,
  samples: readonly ValidatorSample[],
): Promise<ValidatorTestResult> {
  const judgements: Judgement[] = []
  for (const sample of samples) judgements.push(await judge(validator, sample))
  const accepted = samples.filter((_, i) => judgements[i]?.ok)
  return { samples: judgements, ...(await selection(validator, samples, accepted)) }
}

/** The best of the accepted samples that share the first one's key, as an index among all samples. */
async function selection(
  validator: Validator,
  samples: readonly ValidatorSample[],
  accepted: readonly ValidatorSample[],
): Promise<Pick<ValidatorTestResult, 'selected' | 'selectError'>> {
  const key = accepted[0]?.key
  if (key === undefined) return {}
  const candidates = accepted.filter((sample) => equals(sample.key, key))
  try {
    const best =
      candidates[
        await validator.select(
          key,
          candidates.map(({ value }) => value),
        )
      ]
    return best === undefined ? {} : { selected: samples.indexOf(best) }
  } catch (error) {
    return { selectError: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
