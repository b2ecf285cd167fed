import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { ProfileLock } from './profile-lock.ts'

const FOLDER_MODE = 0o700
const KEY_MODE = 0o600

export interface OpenProfileOptions {
  /** The folder of all profiles: `resolveHome()`. */
  home: string
  /** Id of the network: lower-case letters, digits and dashes. */
  networkId: string
}

/** The folder of one network's node, held by this process until it is closed. */
export interface Profile {
  networkId: string
  /** `<home>/<networkId>`: databases live in it. */
  dir: string
  /** The node's identity: Ed25519, made at the first start. */
  privateKey: PrivateKey
  /** Lets other processes have it. Calling it twice is harmless. */
  close(): void
}

/** The profile's folder or identity cannot be used; the message names the file and the next step. */
export class ProfileError extends Error {
  readonly code = 'PROFILE_UNUSABLE'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ProfileError'
  }
}

/**
 * Opens a network's profile, and makes it when it is not there: a folder of
 * the user's own (0700) and an identity key (0600). Throws `ProfileInUseError`
 * while another process holds it, `ProfileError` when it cannot be read or
 * written.
 */
export async function openProfile({ home, networkId }: OpenProfileOptions): Promise<Profile> {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(networkId)) {
    throw new ProfileError(
      `"${networkId}" cannot name a profile: use 1 to 64 lower-case letters, digits and dashes.`,
    )
  }
  const dir = join(resolve(home), networkId)
  makeFolder(dir)
  const lock = ProfileLock.take(dir)
  try {
    const privateKey = await identity(join(dir, 'identity.key'))
    return { networkId, dir, privateKey, close: () => lock.release() }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** The folder of all profiles: `home` when given (`--home`), else `KADSCOPE_HOME`, else in the platform's user data. */
export function resolveHome(home?: string, env: NodeJS.ProcessEnv = process.env): string {
  return resolve(home || env.KADSCOPE_HOME || userDataFolder(process.platform, env))
}

/** Where a platform's programs keep what is the user's: XDG, Application Support, AppData. */
export function userDataFolder(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Kadscope')
  if (platform === 'win32') return join(env.APPDATA || join(homedir(), 'AppData', 'Roaming'), 'Kadscope')
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'kadscope')
}

function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: FOLDER_MODE })
    chmodSync(dir, FOLDER_MODE)
  } catch (cause) {
    throw new ProfileError(
      `The folder ${dir} cannot be used (${textOf(cause)}): choose another with --home or KADSCOPE_HOME.`,
      { cause },
    )
  }
}

async function identity(path: string): Promise<PrivateKey> {
  const known = readIfThere(path)
  if (known === undefined) return makeIdentity(path)
  try {
    const key = privateKeyFromProtobuf(known)
    chmodSync(path, KEY_MODE)
    return key
  } catch (cause) {
    throw new ProfileError(
      `The identity key ${path} is damaged (${textOf(cause)}): put a copy in its place, or move it away to begin with a new identity.`,
      { cause },
    )
  }
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new ProfileError(`The identity key ${path} cannot be read (${textOf(cause)}): check who owns it.`, {
      cause,
    })
  }
}

/** Written whole before it gets its name: a crash leaves no half key behind. */
async function makeIdentity(path: string): Promise<PrivateKey> {
  const key = await generateKeyPair('Ed25519')
  const unfinished = `${path}.new`
  try {
    const file = openSync(unfinished, 'w', KEY_MODE)
    try {
      writeSync(file, privateKeyToProtobuf(key))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(unfinished, path)
  } catch (cause) {
    throw new ProfileError(
      `The identity key ${path} cannot be written (${textOf(cause)}): make room, or choose another --home.`,
      { cause },
    )
  }
  return key
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
