import { ListenError } from './errors.ts'
import { holderOf } from './port-holder.ts'

interface Wanted {
  host: string
  /** The documented port. */
  port: number
  transport: 'tcp' | 'udp'
  address: string
  /** The port that was really asked for. */
  real: number
}

/** Node's listen error as one sentence that names the port, who holds it where the system tells, and what to do. */
export function listenError(error: NodeJS.ErrnoException, { host, transport, address, real }: Wanted): ListenError {
  const where = `${host} cannot listen on ${address}:${real}/${transport}`
  switch (error.code) {
    case 'EADDRINUSE': {
      const holder = holderOf(real, transport)
      return new ListenError(
        'EADDRINUSE',
        `${where}: the port is held by ${holder ?? 'another process that the system does not name'}`,
        'stop that process, or run the lab with --ports ephemeral',
      )
    }
    case 'EACCES':
      return new ListenError(
        'EACCES',
        `${where}: no right to open a port below 1024`,
        'run with --ports ephemeral, or allow it: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=443',
      )
    case 'EADDRNOTAVAIL':
      return new ListenError(
        'EADDRNOTAVAIL',
        `${where}: this machine has no address ${address}`,
        'only Linux answers on all of 127.0.0.0/8; elsewhere run with --ports ephemeral',
      )
    default:
      return new ListenError(error.code ?? 'UNKNOWN', `${where}: ${error.message}`, 'run `ksc-lab doctor`')
  }
}
