// Opens a profile, says so, and holds it until it is killed: node hold-profile.ts HOME NETWORK
import { openProfile } from '../../../src/main/node/profile.ts'

const [, , home = '', networkId = ''] = process.argv
const { privateKey } = await openProfile({ home, networkId })
process.stdout.write(`${privateKey.publicKey}\n`)
setInterval(() => {}, 1_000)
