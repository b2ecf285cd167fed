// npm run setup [-- --again] [-- --browser]: everything `npm start` and `npm test` would install, and nothing else.
import { ensureChromium } from './lib/browser.mjs'
import { runMain } from './lib/fail.mjs'
import { prepare } from './lib/prepare.mjs'
import { say } from './lib/say.mjs'

await runMain(async () => {
  await prepare({ again: process.argv.includes('--again') })
  await ensureChromium()
  say('Kadscope is set up: npm start opens it, npm test tests it.')
})
