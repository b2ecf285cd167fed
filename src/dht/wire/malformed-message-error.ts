import { DhtError } from '../errors.ts'

/** Bytes that are no message of this protocol. The only thing the codec and the frame reader throw. */
export class MalformedMessageError extends DhtError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_MALFORMED_MESSAGE', message, options)
  }
}
