// Before anything else: libp2p fails at run time, and better-sqlite3 without a word, on a Node that is too old. What
// is imported statically would be loaded first.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `kadscope needs Node 22.12 or newer and this is ${process.versions.node}: run it by npm run kadscope, which brings its own.\n`,
  )
  process.exit(1)
}
const { runCli } = await import('./run-cli.ts')
await runCli(process.argv)

export {}
