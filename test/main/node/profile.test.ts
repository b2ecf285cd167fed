import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openProfile, resolveHome, userDataFolder } from '../../../src/main/node/profile.ts'
import { ProfileInUseError } from '../../../src/main/node/profile-lock.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kadscope-profile-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const mode = (...path: string[]) => statSync(join(home, ...path)).mode & 0o777

/** A process of its own that holds the profile; resolves with its peer id when it does. */
async function holder(networkId: string): Promise<{ child: ChildProcess; id: string }> {
  const program = join(import.meta.dirname, 'hold-profile.ts')
  const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning']
  const child = spawn(process.execPath, [...flags, program, home, networkId], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  return { child, id: String(line).trim() }
}

describe('openProfile', () => {
  test('makes a folder and a key that are the user’s alone, and keeps the identity', async () => {
    const first = await openProfile({ home: join(home, 'a', 'b'), networkId: 'lan' })
    first.close()
    const second = await openProfile({ home: join(home, 'a', 'b'), networkId: 'lan' })
    second.close()
    expect(first.dir).toBe(join(home, 'a', 'b', 'lan'))
    expect(second.privateKey.equals(first.privateKey)).toBe(true)
    expect(first.privateKey.type).toBe('Ed25519')
    expect(mode('a', 'b', 'lan')).toBe(0o700)
    expect(mode('a', 'b', 'lan', 'identity.key')).toBe(0o600)
    expect(readdirSync(first.dir)).not.toContain('identity.key.new')
  })

  test('takes back from others what is not theirs', async () => {
    ;(await openProfile({ home, networkId: 'lan' })).close()
    chmodSync(join(home, 'lan', 'identity.key'), 0o644)
    chmodSync(join(home, 'lan'), 0o755)
    ;(await openProfile({ home, networkId: 'lan' })).close()
    expect([mode('lan'), mode('lan', 'identity.key')]).toEqual([0o700, 0o600])
  })

  test('networks have identities of their own', async () => {
    const [a, b] = [
      await openProfile({ home, networkId: 'lan' }),
      await openProfile({ home, networkId: 'amino' }),
    ]
    expect(a.privateKey.equals(b.privateKey)).toBe(false)
    a.close()
    b.close()
  })

  test('a second one in this process is refused until the first is closed', async () => {
    const first = await openProfile({ home, networkId: 'lan' })
    await expect(openProfile({ home, networkId: 'lan' })).rejects.toThrow(ProfileInUseError)
    first.close()
    first.close()
    ;(await openProfile({ home, networkId: 'lan' })).close()
  })

  test('another process is refused by name; a killed one leaves nothing in the way', async () => {
    const { child, id } = await holder('lan')
    const refusal = openProfile({ home, networkId: 'lan' })
    await expect(refusal).rejects.toThrow(`in use by the process ${child.pid}`)
    await expect(refusal).rejects.toMatchObject({ code: 'PROFILE_IN_USE', pid: child.pid })
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(existsSync(join(home, 'lan', 'profile.pid'))).toBe(true)
    const profile = await openProfile({ home, networkId: 'lan' })
    expect(profile.privateKey.publicKey.toString()).toBe(id)
    profile.close()
  })

  test('of many at once exactly one gets it', async () => {
    const opened = await Promise.allSettled(
      Array.from({ length: 10 }, () => openProfile({ home, networkId: 'lan' })),
    )
    const profiles = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    expect(profiles).toHaveLength(1)
    for (const profile of profiles) profile.close()
  })

  test('a damaged key is said, not replaced, and leaves no lock behind', async () => {
    ;(await openProfile({ home, networkId: 'lan' })).close()
    writeFileSync(join(home, 'lan', 'identity.key'), 'not a key')
    for (let i = 0; i < 2; i++) {
      await expect(openProfile({ home, networkId: 'lan' })).rejects.toThrow(
        /identity\.key is damaged.*move it away/,
      )
    }
  })

  test.each(['', '..', 'a/b', 'A', '-x'])('%j names no profile', async (networkId) => {
    await expect(openProfile({ home, networkId })).rejects.toThrow(/cannot name a profile/)
  })

  test('a home that is a file is said', async () => {
    writeFileSync(join(home, 'file'), '')
    await expect(openProfile({ home: join(home, 'file'), networkId: 'lan' })).rejects.toThrow(
      /choose another/,
    )
  })
})

describe('the home', () => {
  test('is what was asked for, else KADSCOPE_HOME, else the user’s data folder', () => {
    const env = { KADSCOPE_HOME: '/from-env', XDG_DATA_HOME: '/data', APPDATA: '/roaming' }
    expect(resolveHome('/asked', env)).toBe('/asked')
    expect(resolveHome(undefined, env)).toBe('/from-env')
    expect(userDataFolder('linux', env)).toBe(join('/data', 'kadscope'))
    expect(userDataFolder('linux', {})).toMatch(/\.local\/share\/kadscope$/)
    expect(userDataFolder('darwin', {})).toMatch(/Application Support\/Kadscope$/)
    expect(userDataFolder('win32', env)).toBe(join('/roaming', 'Kadscope'))
  })
})
