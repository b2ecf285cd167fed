let hasPrinted = false

/** Writes a document as JSON, or lines for people. */
export function print(json: boolean | undefined, document: unknown, lines: () => string[]): void {
  hasPrinted = true
  const text = json ? JSON.stringify(document) : lines().join('\n')
  if (text !== '') process.stdout.write(`${text}\n`)
}

/** Says what went wrong: on stderr, and to whoever wanted JSON and has had none yet in a document too. */
export function printError(message: string, exitCode: number, json: boolean): void {
  process.stderr.write(`kadscope: ${message}\n`)
  if (json && !hasPrinted) process.stdout.write(`${JSON.stringify({ error: { message, exitCode } })}\n`)
}

/** Rows under a heading, in columns as wide as their widest cell. */
export function columns(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = heading.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(heading), ...rows.map(line)]
}

/** `380 ms`, `4.2 s`. */
export function durationText(ms: number | undefined): string {
  if (ms === undefined) return '–'
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** Local time to the second. */
export function timeText(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}
