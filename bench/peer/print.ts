/** Writes one JSON line to stdout. */
export function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Ends the program when it is not done in time: nothing started by a benchmark outlives it. */
export function endWithin(seconds: number): void {
  const onOverdue = () => {
    process.stderr.write(`Not done within ${seconds} s: ended.\n`)
    process.exit(3)
  }
  setTimeout(onOverdue, seconds * 1000).unref()
}

/** Milliseconds since `startedMs` of `performance.now()`, to the microsecond. */
export function elapsedMs(startedMs: number): number {
  return Math.round((performance.now() - startedMs) * 1000) / 1000
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** Throws a sentence when the text is not hexadecimal. */
export function fromHex(text: string): Uint8Array {
  if (!/^([0-9a-f]{2})+$/i.test(text)) throw new Error(`"${text}" is not hexadecimal bytes.`)
  return new Uint8Array(Buffer.from(text, 'hex'))
}
