import { Command } from 'commander'
import { describeHosts } from '../../lab/describe.ts'
import { managementToken, serveManagement } from '../../lab/management.ts'
import { announce, withdraw } from '../../lab/running-lab.ts'
import { checkVersion, type Lab, startLab } from '../../lab/start-lab.ts'
import { banner } from '../banner.ts'
import { jsonOption, list, logger, portsOption, stateFolder, stateOption, versionOption } from '../options.ts'
import { untilSignal } from '../signals.ts'

interface UpOptions {
  state: string
  kscVersion: string
  ports: 'documented' | 'ephemeral'
  external?: string[]
  json?: true
}

export const command = new Command('up')
  .description('run a lab in this process until Ctrl-C')
  .argument('<topology>', 'name of a topology, or the path of a .yaml file')
  .addOption(stateOption())
  .addOption(versionOption())
  .addOption(portsOption())
  .option('--external <host,...>', 'do not start these hosts: your own stand there', list)
  .addOption(jsonOption().hideHelp(false))
  .action(async (topology: string, { state, kscVersion, ports, external, json }: UpOptions) => {
    const stopped = untilSignal()
    const folder = stateFolder(state)
    const lab = await startLab(topology, {
      state: folder,
      ports,
      kscVersion: checkVersion(kscVersion),
      log: logger(),
      onNotice: line => process.stderr.write(`ksc-lab: ${line}\n`),
      ...(external ? { external } : {}),
    })
    const management = await serveManagement(lab.stage, { address: '127.0.0.1', port: 0 }, () =>
      managementToken(folder),
    )
    announce(folder, {
      pid: process.pid,
      topology: lab.topology.name,
      kscVersion,
      seed: lab.seed,
      external: external ?? [],
      management: management.at,
    })
    for (const notice of lab.state.notices) process.stderr.write(`ksc-lab: ${notice}\n`)
    process.stdout.write(json ? `${JSON.stringify(ready(lab))}\n` : banner(lab, Boolean(process.stdout.isTTY)))
    await stopped
    withdraw(folder)
    await Promise.all([lab.stop(), management.close()])
  })

const ready = (lab: Lab) => ({
  ready: true,
  topology: lab.topology.name,
  state: lab.state.dir,
  hosts: placedHosts(lab),
  credentials: { administrator: lab.state.credentials.administrator },
})

/** The described hosts with where each port really is, which with ephemeral ports nobody can know beforehand. */
function placedHosts(lab: Lab) {
  return Object.fromEntries(
    Object.entries(describeHosts(lab.topology, 'in-process')).map(([name, host]) => {
      const listeners = host.listeners.map(listener => ({
        ...listener,
        port: lab.endpoint(name, listener.documented, listener.transport).port,
      }))
      return [
        name,
        {
          ...host,
          address: listeners[0]
            ? lab.endpoint(name, listeners[0].documented, listeners[0].transport).address
            : host.address,
          listeners,
          ...(host.forwards
            ? {
                forwards: host.forwards.map(forward => {
                  const { address, port } = lab.endpoint(forward.to, forward.documented, forward.transport)
                  return { ...forward, toAddress: address, toPort: port }
                }),
              }
            : {}),
        },
      ]
    }),
  )
}
