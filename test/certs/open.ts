/** Opens the state folder given, at the moment given (ms), and prints what it found. */
import { fingerprints, open } from './kit.ts'

const [folder = '', at = '0'] = process.argv.slice(2)
// All of them at once: a timer would spread them.
while (Date.now() < Number(at));
const state = await open(folder)
const { credentials, notices } = state
process.stdout.write(
  `${JSON.stringify({ fingerprints: fingerprints(state), notices, administrator: credentials.administrator })}\n`,
)
