import { Command, InvalidArgumentError } from 'commander'
import { seedLab } from '../../lab/seed.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { jsonOption, logger, stateFolder, stateOption } from '../options.ts'

/** Devices of one Administration Server. */
const MOST = 100_000

const whole = (least: number, most: number) => (text: string) => {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < least || number > most)
    throw new InvalidArgumentError(`a whole number from ${least} to ${most} is expected.`)
  return number
}

interface SeedOptions {
  devices: number
  rng: number
  host?: string
  state: string
  json?: true
}

export const command = new Command('seed')
  .description("fill an Administration Server's store with devices, the same ones for the same --rng")
  .argument('[topology]', 'name of a topology, or the path of a .yaml file', 'lan')
  .requiredOption('--devices <number>', 'how many', whole(1, MOST))
  .option('--rng <seed>', 'seed of what is drawn', whole(0, 2 ** 31 - 1), 1)
  .option('--host <host>', 'of this Administration Server; default: the first one')
  .addOption(stateOption())
  .addOption(jsonOption())
  .action(async (name: string, { devices, rng, host, state, json }: SeedOptions) => {
    const seeded = await seedLab({
      topology: loadTopology(name),
      ...(host === undefined ? {} : { server: host }),
      state: stateFolder(state),
      settings: readSettings(process.env),
      ...{ devices, rng, log: logger() },
      onNotice: line => process.stderr.write(`ksc-lab: ${line}\n`),
    })
    process.stdout.write(
      json
        ? `${JSON.stringify(seeded)}\n`
        : `${seeded.devices} devices in ${seeded.groups} groups; the store has ${seeded.total} now\n`,
    )
  })
