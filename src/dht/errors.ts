/**
 * Base of every error the library throws on purpose. `code` is stable and may
 * be matched on; `message` is a sentence with the cause and the next step.
 */
export class DhtError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** A value or key was refused by a validator or by the rules of records. */
export class InvalidRecordError extends DhtError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_INVALID_RECORD', message, options)
  }
}

/** No validator is registered for a key's namespace (py-libp2p's `InvalidRecordType`). */
export class InvalidRecordTypeError extends DhtError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_INVALID_RECORD_TYPE', message, options)
  }
}

/** A put would replace a newer value by an older one (py-libp2p raises `ValueError`). */
export class OlderRecordError extends DhtError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_OLDER_RECORD', message, options)
  }
}

/** An argument is out of its range: a programmer's mistake, found at the border. */
export class InvalidArgumentError extends DhtError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_INVALID_ARGUMENT', message, options)
  }
}

/** The operation's signal was aborted. */
export class CancelledError extends DhtError {
  constructor(message = 'The operation was cancelled.', options?: ErrorOptions) {
    super('ERR_CANCELLED', message, options)
  }
}

/** Values or providers were disabled when the node was made, or it is stopped. */
export class NotAvailableError extends DhtError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_NOT_AVAILABLE', message, options)
  }
}
