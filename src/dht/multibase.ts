import { bases } from 'multiformats/basics'
import { DhtError } from './errors.ts'

/** Name of a multibase encoding, as the multibase table has it: `base58btc`, `base32`, `base64url`, … */
export type MultibaseName = keyof typeof bases

/** A text is not multibase, or its encoding is unknown. */
export class InvalidMultibaseError extends DhtError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_INVALID_MULTIBASE', message, options)
  }
}

/** Bytes as multibase text. Leading zero bytes are kept. Throws `InvalidMultibaseError` for an unknown encoding. */
export function bytesToMultibase(bytes: Uint8Array, encoding: MultibaseName = 'base58btc'): string {
  const base = Object.hasOwn(bases, encoding) ? bases[encoding] : undefined
  if (base === undefined) {
    throw new InvalidMultibaseError(
      `There is no multibase encoding "${encoding}"; use one of ${Object.keys(bases).join(', ')}.`,
    )
  }
  return base.encode(bytes)
}

/** The bytes of a multibase text, whatever its encoding. Throws `InvalidMultibaseError`. */
export function multibaseToBytes(text: string): Uint8Array {
  const base = Object.values(bases).find(({ prefix }) => text.startsWith(prefix))
  if (base === undefined) {
    throw new InvalidMultibaseError('The text does not begin with the letter of a multibase encoding.')
  }
  try {
    return base.decoder.decode(text)
  } catch (cause) {
    throw new InvalidMultibaseError(`The text is not ${base.name}: a letter is wrong or missing.`, { cause })
  }
}
