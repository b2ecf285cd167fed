// npm start [-- ARGS]: sets up and builds what is missing, then opens Kadscope: in Electron or, where its binary or a
// display is missing, served to the browser. ARGS go to Electron's main process, or to `kadscope serve`.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { ensureBuilt } from './lib/build.mjs'
import { endOf, handOver, stop } from './lib/child.mjs'
import { hasDisplay, openExplorer } from './lib/display.mjs'
import { electronBinary } from './lib/electron.mjs'
import { runMain } from './lib/fail.mjs'
import { fromRoot, root } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'
import { readyUrl } from './lib/ready-line.mjs'
import { say } from './lib/say.mjs'

await runMain(async () => {
  const node = await prepare()
  await ensureBuilt()
  const args = process.argv.slice(2)
  const electron = electronBinary()
  if (electron && hasDisplay())
    await handOver(electron, [...(isRoot() ? ['--no-sandbox'] : []), root, ...args])
  const missing = electron ? 'There is no display' : 'Electron’s binary is not installed'
  say(`${missing}: serving the explorer to the browser instead.`)
  await serve(node, args)
})

/** @param {string} node @param {string[]} args */
async function serve(node, args) {
  const server = spawn(node, [fromRoot('out', 'main', 'kadscope.js'), 'serve', '--json', ...args], {
    stdio: ['inherit', 'pipe', 'inherit'],
  })
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let browser
  createInterface({ input: server.stdout }).on('line', (line) => {
    const url = readyUrl(line)
    if (url === undefined) process.stdout.write(`${line}\n`)
    else browser = show(url, server)
  })
  const exitCode = await endOf(server)
  if (browser) await stop(browser)
  process.exit(exitCode)
}

/** @param {string} url @param {import('node:child_process').ChildProcess} server */
function show(url, server) {
  process.stdout.write(`Kadscope is at ${url}\n`)
  if (!hasDisplay()) {
    say('Open that address in a browser on this machine; Ctrl-C ends Kadscope.')
    return undefined
  }
  const { how, closed, child } = openExplorer(url)
  say(`Opening it in ${how}; Ctrl-C ends Kadscope.`)
  closed.then(() => stop(server))
  return child
}

function isRoot() {
  return process.getuid?.() === 0
}
