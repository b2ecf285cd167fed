import { existsSync } from 'node:fs'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'electron-vite'

const root = import.meta.dirname

/** Every program that runs under Node or in Electron's main process, by the name of its bundle in out/main. */
const mainEntries = present({
  main: 'src/main/electron/main.ts',
  kadscope: 'src/main/cli/kadscope.ts',
  'db-worker': 'src/main/db/db-worker.ts',
  'sandbox-worker': 'src/main/node/sandbox-worker.ts',
  'validator-worker': 'src/main/validators/validator-worker.ts',
  peer: 'bench/peer.ts',
})

const main: UserConfig['main'] = {
  build: {
    rolldownOptions: {
      input: mainEntries,
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
    sourcemap: true,
  },
}

const preloadEntries = present({ index: 'src/preload/index.ts' })

const preload: UserConfig['preload'] = {
  build: {
    externalizeDeps: false,
    rolldownOptions: {
      input: preloadEntries,
      // A sandboxed window loads its preload as one CommonJS file that may require nothing but `electron`.
      output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
    },
  },
}

const rendererEntries = present({ index: 'src/renderer/index.html' })

const renderer: UserConfig['renderer'] = {
  root: join(root, 'src/renderer'),
  plugins: [react()],
  build: { rolldownOptions: { input: rendererEntries }, minify: true, chunkSizeWarningLimit: 4_000 },
}

export default defineConfig({
  ...(isAny(mainEntries) && { main }),
  ...(isAny(preloadEntries) && { preload }),
  ...(isAny(rendererEntries) && { renderer }),
})

/** The entries whose source exists, as absolute paths. */
function present(entries: Record<string, string>): Record<string, string> {
  const absolute = Object.entries(entries).map(([name, path]) => [name, join(root, path)] as const)
  return Object.fromEntries(absolute.filter(([, path]) => existsSync(path)))
}

function isAny(entries: Record<string, string>): boolean {
  return Object.keys(entries).length > 0
}
