import { existsSync } from 'node:fs'

/** The programs that run in worker threads; each is a bundle of its own in out/main. */
export type WorkerName = 'db-worker' | 'sandbox-worker' | 'validator-worker'

/** A worker's bundle is not there: the project has not been built. */
export class WorkerMissingError extends Error {
  readonly code = 'WORKER_MISSING'

  constructor(name: WorkerName) {
    super(`The bundle ${name}.js is missing from out/main: run npm run build, then try again.`)
    this.name = 'WorkerMissingError'
  }
}

/**
 * URL of a worker's bundle: beside the running bundle (which may be a chunk of it, in out/main/chunks) or, when this
 * runs from TypeScript source as under vitest, in out/main.
 * @param from URL of the running module; only tests name another than this one
 * @throws {WorkerMissingError} when the bundle is not there
 */
export function workerUrl(name: WorkerName, from: string = import.meta.url): URL {
  const url = new URL(`${bundleFolder(from)}${name}.js`, from)
  if (!existsSync(url)) throw new WorkerMissingError(name)
  return url
}

function bundleFolder(from: string): string {
  if (from.endsWith('.ts')) return '../../out/main/'
  return /\/chunks\/[^/]+$/.test(from) ? '../' : './'
}
