import { Command } from 'commander'
import { exportCertificates } from '../../certs/export.ts'
import { openLabState } from '../../lab/lab-state.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { stateFolder, stateOption } from '../options.ts'

const exportCommand = new Command('export')
  .description('write the certificates and keys of the lab to a folder, for your proxies and clients')
  .argument('<dir>', 'a new or empty folder')
  .addOption(stateOption())
  .option('--topology <topology>', 'whose names and addresses they hold, if they have to be made first', 'lan')
  .action(async (dir: string, { state, topology }: { state: string; topology: string }) => {
    const opened = await openLabState(stateFolder(state), loadTopology(topology))
    for (const notice of opened.notices) process.stderr.write(`ksc-lab: ${notice}\n`)
    for (const file of await exportCertificates(opened, dir)) process.stdout.write(`${file}\n`)
  })

export const command = new Command('certs').description('the certificates of the lab').addCommand(exportCommand)
