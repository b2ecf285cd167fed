import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The explorer's page is not there: the project has not been built. */
export class ExplorerMissingError extends Error {
  readonly code = 'ERR_EXPLORER_MISSING'

  constructor() {
    super('The explorer is missing from out/renderer: run npm run build, then try again.')
    this.name = 'ExplorerMissingError'
  }
}

/**
 * Folder of the built explorer: out/renderer, seen from the running bundle in
 * out/main, from a chunk of it, or from TypeScript source.
 * @throws {ExplorerMissingError} when it was not built
 */
export function explorerAssets(from: string = import.meta.url): string {
  const folder = fileURLToPath(new URL(relativePath(from), from))
  if (!existsSync(`${folder}index.html`)) throw new ExplorerMissingError()
  return folder
}

function relativePath(from: string): string {
  if (from.endsWith('.ts')) return '../../../out/renderer/'
  return /\/chunks\/[^/]+$/.test(from) ? '../../renderer/' : '../renderer/'
}
