// What the scripts tell while they work. All of it goes to stderr: stdout belongs to the program they start.

/** One line. @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

/**
 * Says what is being done and, while it lasts, for how long; then how long it took.
 * @template T
 * @param {string} text
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(text, work) {
  const startMs = Date.now()
  const seconds = () => `${Math.round((Date.now() - startMs) / 1000)} s`
  const onTerminal = process.stderr.isTTY === true
  say(`${text} …`)
  const ticker = setInterval(
    () => process.stderr.write(onTerminal ? `\r  ${seconds()}` : `  … ${seconds()}\n`),
    onTerminal ? 1000 : 15_000,
  )
  try {
    const result = await work()
    say(`${onTerminal ? '\r' : ''}  done in ${seconds()}`)
    return result
  } finally {
    clearInterval(ticker)
  }
}
