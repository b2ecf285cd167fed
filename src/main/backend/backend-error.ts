/** Why the backend refused a command; stable, may be matched on. */
export type BackendErrorCode =
  | 'ERR_UNKNOWN_NETWORK'
  | 'ERR_NETWORK_BUILT_IN'
  | 'ERR_NETWORK_NOT_RUNNING'
  | 'ERR_HOME_UNUSABLE'
  | 'ERR_INVALID_KEY'
  | 'ERR_INVALID_VALUE'
  | 'ERR_INVALID_ADDRESS'
  | 'ERR_UNKNOWN_PEER'
  | 'ERR_PEER_UNREACHABLE'
  | 'ERR_UNKNOWN_OPERATION'
  | 'ERR_UNKNOWN_RPC'
  | 'ERR_UNKNOWN_RECORD'
  | 'ERR_FEED_ENDED'
  | 'ERR_CLOSING'

/** A command cannot be done; the message is a sentence with cause and next step, fit to be shown. */
export class BackendError extends Error {
  readonly code: BackendErrorCode

  constructor(code: BackendErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BackendError'
    this.code = code
  }
}
