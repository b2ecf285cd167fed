// What `npm test` asks of vitest.

const PROJECTS = ['--project', 'unit', '--project', 'e2e']

/**
 * One run (no watching) of the unit and e2e projects, unless `args` name projects themselves.
 * @param {string[]} args the user's own, passed on
 * @param {string | undefined} reportFile where the counts are to be left as JSON as well
 * @returns {string[]}
 */
export function vitestArgs(args, reportFile) {
  const projects = args.some((arg) => arg === '--project' || arg.startsWith('--project=')) ? [] : PROJECTS
  const report = reportFile
    ? ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
    : []
  return ['run', ...projects, ...report, ...args]
}
