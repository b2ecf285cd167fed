import type { WorldFigures } from './measure-world.ts'

const GIB = 1024 ** 3

/** The figures as a Markdown table, a line per world. */
export function figuresTable(worlds: readonly WorldFigures[]): string {
  const head = ['servers', 'hops', 'allowed', 'requests a lookup', 'found', 'build s', 'lookups s', 'CPU s']
  const rows = worlds.map((world) => [
    world.servers.toLocaleString('en'),
    world.meanHops.toFixed(2),
    ((1.1 * Math.log2(world.servers)) / 5).toFixed(2),
    world.requestsPerLookup.toFixed(1),
    `${(world.found * 100).toFixed(2)} %`,
    world.buildSeconds.toFixed(1),
    world.lookupSeconds.toFixed(1),
    world.cpuSeconds.toFixed(1),
    (world.peakBytes / GIB).toFixed(2),
    world.entries.toLocaleString('en'),
    world.bytesPerEntry.toFixed(0),
  ])
  const lines = [[...head, 'peak GiB', 'table entries', 'bytes an entry'], Array(11).fill('---'), ...rows]
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}
