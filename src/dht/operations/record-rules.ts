import { DhtError, InvalidArgumentError, InvalidRecordError } from '../errors.ts'
import type { DhtContext } from './context.ts'

/** Throws `InvalidArgumentError` when the key is empty or too long for a record. */
export function checkRecordKey({ settings }: DhtContext, key: Uint8Array): void {
  if (key.length > 0 && key.length <= settings.maxRecordKeyBytes) return
  throw new InvalidArgumentError(
    `A record key has 1 to ${settings.maxRecordKeyBytes} bytes; this one has ${key.length}.`,
  )
}

/**
 * Throws a `DhtError` (mostly `InvalidRecordError`, with the validator's own
 * sentence) when the value must not be stored under the key.
 */
export async function checkValue(context: DhtContext, key: Uint8Array, value: Uint8Array): Promise<void> {
  const { maxValueBytes } = context.settings
  if (value.length > maxValueBytes) {
    throw new InvalidRecordError(`The value has ${value.length} bytes; at most ${maxValueBytes} are allowed.`)
  }
  try {
    await context.validator.validate(key, value)
  } catch (error) {
    if (error instanceof DhtError) throw error
    throw new InvalidRecordError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Why a value is refused, in a sentence; undefined when it is valid. */
export async function refusalOf(
  context: DhtContext,
  key: Uint8Array,
  value: Uint8Array,
): Promise<string | undefined> {
  try {
    await checkValue(context, key, value)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** True when the validator takes `offered` over `held`; a held value that is not valid any more always loses. */
export async function prefersOffered(
  context: DhtContext,
  key: Uint8Array,
  offered: Uint8Array,
  held: Uint8Array,
): Promise<boolean> {
  if ((await refusalOf(context, key, held)) !== undefined) return true
  return (await context.validator.select(key, [offered, held])) === 0
}
