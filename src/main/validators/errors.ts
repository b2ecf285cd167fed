import { DhtError } from '../../dht/errors.ts'

/** A definition cannot be used: a JavaScript or JSON Schema that does not compile. */
export class ValidatorCompileError extends DhtError {
  /** Line of the source, from 1, where the problem has one. */
  readonly line: number | undefined

  constructor(reason: string, line?: number) {
    const where = line === undefined ? '' : `line ${line}: `
    super('ERR_VALIDATOR_COMPILE', `The validator does not compile: ${where}${reason}`)
    this.line = line
  }
}

/** The network does not let this namespace's built-in validator be changed. */
export class ValidatorProtectedError extends DhtError {
  constructor(namespace: string, network: string) {
    super(
      'ERR_VALIDATOR_PROTECTED',
      `The validator of /${namespace} is built in and cannot be changed on ${network}: its other nodes would refuse what yours accepts. Register another namespace instead.`,
    )
  }
}

/** Nobody registered a validator for the namespace. */
export class ValidatorUnknownError extends DhtError {
  constructor(namespace: string) {
    super('ERR_VALIDATOR_UNKNOWN', `No validator was registered for /${namespace}: register one first.`)
  }
}

/** More values wait for one validator than its queue holds. */
export class ValidatorBusyError extends DhtError {
  constructor(waiting: number) {
    super(
      'ERR_VALIDATOR_BUSY',
      `The validator has ${waiting} values waiting and takes no more: try again when it has caught up.`,
    )
  }
}
