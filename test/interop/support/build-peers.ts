// The interop project's global set-up: builds the peers of other implementations, each only when its sources changed.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { run } from '../../../scripts/lib/child.mjs'
import { exclusively } from '../../../scripts/lib/lock.mjs'
import { say, step } from '../../../scripts/lib/say.mjs'
import { hashFiles, readText, writeText } from '../../../scripts/lib/stamp.mjs'
import {
  type Availability,
  type Implementation,
  type ImplementationName,
  implementations,
} from './implementations.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    peers: Record<ImplementationName, Availability>
  }
}

/** Names of the implementations to test against, separated by commas. Default: all. */
const ONLY = 'KADSCOPE_INTEROP'
/** Of the line of output that says why a build failed, its end. */
const MAX_REASON_CHARS = 300

export async function setup({ provide }: TestProject): Promise<void> {
  // One after the other: each of these builds fills the machine by itself.
  const found: [ImplementationName, Availability][] = []
  for (const implementation of implementations) {
    found.push([implementation.name, await prepared(implementation)])
  }
  provide('peers', Object.fromEntries(found) as Record<ImplementationName, Availability>)
}

async function prepared(implementation: Implementation): Promise<Availability> {
  const { name, title, dir } = implementation
  if (!isWanted(name)) return { reason: `left out: ${ONLY} is ${process.env[ONLY]}` }
  if (isBuilt(implementation)) return { run: implementation.run }
  const build = () => step(`Building a peer of ${title}`, () => built(implementation))
  const problem = await exclusively(async () => (isBuilt(implementation) ? undefined : build()), lockOf(dir))
  if (problem === undefined) return { run: implementation.run }
  say(`No peer of ${title}: ${problem}`)
  return { reason: problem }
}

function isWanted(name: ImplementationName): boolean {
  return process.env[ONLY]?.split(',').includes(name) ?? true
}

function isBuilt(implementation: Implementation): boolean {
  if (implementation.build.length === 0) return true
  const [program = ''] = implementation.run
  return existsSync(program) && readText(stampOf(implementation)) === fingerprint(implementation)
}

/** Undefined, or why it could not be built. */
async function built(implementation: Implementation): Promise<string | undefined> {
  // Taken before, so that a source changed meanwhile is built the next time.
  const sources = fingerprint(implementation)
  for (const { command, args, timeoutMs } of implementation.build) {
    const { ok, output, timedOut } = await run('nice', ['-n', '10', command, ...args], {
      cwd: implementation.dir,
      timeoutMs,
    })
    const told = `${command} ${args[0]}`
    if (timedOut) return `"${told}" was not done within ${timeoutMs / 60_000} minutes.`
    if (!ok) return `"${told}" failed: ${lastLineOf(output)}`
  }
  writeText(stampOf(implementation), sources)
  return undefined
}

function fingerprint({ dir, sources }: Implementation): string {
  return `${hashFiles(dir, sources)} ${process.platform} ${process.arch}`
}

function stampOf({ dir }: Implementation): string {
  return join(dir, 'target', 'built.txt')
}

function lockOf(dir: string): string {
  return join(dir, 'target', '.lock')
}

function lastLineOf(output: string): string {
  return output.trim().split('\n').at(-1)?.trim().slice(-MAX_REASON_CHARS) || 'it said nothing'
}
