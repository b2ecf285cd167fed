// The import rules of .dependency-cruiser.mjs, and the proof that every source was seen.
import { run } from './child.mjs'
import { fromModules, fromRoot, root } from './paths.mjs'

/**
 * @typedef {{ rule: string, from: string, to: string }} Violation
 *
 * @typedef {object} ImportReport
 * @property {Violation[]} violations sorted by rule, then importing file
 * @property {string[]} seen every file that was read, relative to `folder`
 */

/**
 * Checks the folders of a tree laid out like this project.
 * @param {string} node path of Node
 * @param {string[]} folders to start from
 * @param {string} [folder] the tree; paths in rules and report are relative to it
 * @returns {Promise<ImportReport>}
 * @throws {Error} with the tool's output, when it could not run
 */
export async function checkImports(node, folders, folder = root) {
  const cli = fromModules('dependency-cruiser', 'bin', 'dependency-cruiser.mjs')
  const args = [cli, '--config', fromRoot('.dependency-cruiser.mjs'), '--output-type', 'json', ...folders]
  const { stdout, output } = await run(node, args, { cwd: folder })
  return readReport(stdout, output)
}

/** @param {string} stdout @param {string} output @returns {ImportReport} */
function readReport(stdout, output) {
  /** @type {{ modules: { source: string }[], summary: { violations: { rule: { name: string }, from: string, to: string }[] } }} */
  let report
  try {
    report = JSON.parse(stdout)
  } catch {
    throw new Error(`dependency-cruiser did not run: ${output.trim()}`)
  }
  const violations = report.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
  violations.sort((a, b) => `${a.rule} ${a.from} ${a.to}`.localeCompare(`${b.rule} ${b.from} ${b.to}`))
  return { violations, seen: report.modules.map(({ source }) => source) }
}
