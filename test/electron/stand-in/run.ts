// Runs a built main bundle with the stand-in for `electron`: node run.ts APP_FOLDER [--home DIR]
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from './messages.ts'

const standIn = new URL('electron.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) => next(specifier === 'electron' ? standIn : specifier, context),
})

const [, , appFolder = '', ...args] = process.argv
process.argv = [process.execPath, appFolder, ...args]

const { obey, report } = await import('./electron.ts')
process.on('message', (command: Command) => {
  obey(command).catch((error: unknown) => report({ type: 'refused', message: String(error) }))
})
process.on('unhandledRejection', (error) => report({ type: 'refused', message: String(error) }))
process.on('SIGTERM', () => void import('./electron.ts').then(({ app }) => app.quit()))

await import(pathToFileURL(join(appFolder, 'out', 'main', 'main.js')).href)
