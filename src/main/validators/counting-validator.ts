import type { Validator } from '../../dht/records/validator.ts'

/** Verdicts since the network was started. */
export interface VerdictCounts {
  accepted: number
  rejected: number
}

/** A validator that counts another's verdicts into `counts`. */
export function countingValidator(validator: Validator, counts: VerdictCounts): Validator {
  return {
    async validate(key, value) {
      try {
        await validator.validate(key, value)
      } catch (error) {
        counts.rejected++
        throw error
      }
      counts.accepted++
    },
    select: (key, values) => validator.select(key, values),
    expiresAt: (key, value) => validator.expiresAt?.(key, value),
  }
}
