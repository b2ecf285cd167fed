import { InvalidArgumentError } from 'commander'

/** A whole number, 0 or more. */
export function number(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Give a whole number.')
}

/** A TCP port; 0 means any that is free. */
export function portNumber(text: string): number {
  const port = number(text)
  if (port <= 65_535) return port
  throw new InvalidArgumentError('Give a number from 0 to 65535.')
}
