import { Command } from 'commander'
import { explain } from './exit.ts'

/** One file a command; loaded only when it is asked for, so that `--help` and `flows` start at once. */
const commands = {
  up: () => import('./commands/up.ts'),
  verify: () => import('./commands/verify.ts'),
  run: () => import('./commands/run.ts'),
  flows: () => import('./commands/flows.ts'),
  topology: () => import('./commands/topology.ts'),
  rules: () => import('./commands/rules.ts'),
  diagram: () => import('./commands/diagram.ts'),
  certs: () => import('./commands/certs.ts'),
  seed: () => import('./commands/seed.ts'),
  doctor: () => import('./commands/doctor.ts'),
} as const

const program = new Command('ksc-lab')
  .description(
    "stand-ins for Kaspersky Security Center's network endpoints: exercises every documented arrow and says, from both ends, what happened",
  )
  .version('0.1.0')
  .showHelpAfterError('(ksc-lab --help tells what is accepted)')
  .exitOverride()

const asked = process.argv[2] ?? ''
const wanted = Object.hasOwn(commands, asked) ? [commands[asked as keyof typeof commands]] : Object.values(commands)
for (const load of wanted)
  program.addCommand(
    (await load()).command.exitOverride().showHelpAfterError(`(ksc-lab ${asked} --help tells what is accepted)`),
  )

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}
