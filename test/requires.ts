/** What a test needs of the machine. Where it is missing the test is left out and says so; with CI=true that is an error. */
import { spawnSync } from 'node:child_process'

export function leftOut(what: string, command: string, args: readonly string[]): string | null {
  const { status, error } = spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 })
  if (status === 0) return null
  const reason = `${what}: left out, since \`${command} ${args.join(' ')}\` ${error ? `cannot be run (${(error as NodeJS.ErrnoException).code})` : `fails (exit ${status})`}`
  if (process.env.CI) throw new Error(`${reason}; with CI set nothing may be left out`)
  process.stderr.write(`\n${reason}\n`)
  return reason
}
