/** Exit codes are a contract: 0 as expected, 1 something unexpected, 2 usage or configuration, 3 the lab itself could not run. */
import { CommanderError } from 'commander'
import { StateError } from '../certs/state.ts'
import { ConfigError } from '../shared/config/error.ts'
import { ListenError } from '../shared/net/errors.ts'

/** Writes one line that says what is wrong and what to do, and gives the exit code for it. */
export function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { message, hint } = error as Error & { hint?: string }
  const say = (line: string) => process.stderr.write(`ksc-lab: ${line.replaceAll('\n', ' ')}\n`)
  if (error instanceof ConfigError) {
    say(message)
    return 2
  }
  if (error instanceof ListenError || error instanceof StateError || hint !== undefined) {
    say(hint === undefined ? message : `${message}; ${hint}`)
    return 3
  }
  say(
    `${message ?? error}${process.env.KSC_LAB_LOG ? `\n${(error as Error).stack}` : ' (set KSC_LAB_LOG=debug to see where)'}`,
  )
  return 3
}
