// What `kadscope serve --json` prints once the explorer can be opened.

/**
 * @param {string} line one line of its stdout
 * @returns {string | undefined} the explorer's address, or undefined when this is another line
 */
export function readyUrl(line) {
  try {
    const value = JSON.parse(line)
    return value?.ready === true && typeof value.url === 'string' ? value.url : undefined
  } catch {
    return undefined
  }
}
