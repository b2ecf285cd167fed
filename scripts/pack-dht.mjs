// npm run pack:dht: the DHT library as an npm package of its own, in dist/. Writes the path of the tarball to stdout.
import { runMain } from './lib/fail.mjs'
import { packDht } from './lib/pack-dht.mjs'
import { fromRoot } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'

await runMain(async () => {
  const node = await prepare()
  const { tarball } = await packDht(node, fromRoot('dist'))
  process.stdout.write(`${tarball}\n`)
})
