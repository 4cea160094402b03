/**
 * A box between the two ends of an arrow, as the user's firewall or proxy would be, that does one wrong thing.
 *
 *   initiator --> [ middlebox: one fault ] --> responder (upstream)
 */
import type { Endpoint } from '../journal/observation.ts'
import type { ServerIdentity } from '../net/host.ts'
import type { Box } from './box.ts'
import { holdClosedTcp, holdClosedUdp } from './closed-port.ts'
import { type AlertName, CUTS, type CutName, type Fault, NOBODY_LISTENS, type Settings } from './fault.ts'
import { FAULT_NAMES, type FaultName, faults } from './registry.ts'
import { startTcpBox } from './tcp-box.ts'
import { startUdpBox } from './udp-box.ts'

export interface MiddleboxOptions {
  /** Default 127.0.0.1. */
  address?: string
  /** Default 0: any free one. */
  port?: number
  /** Default `tcp`. */
  transport?: 'tcp' | 'udp'
  /** `wrong-responder`: where connections are led instead. Needed there. */
  elsewhere?: Endpoint
  /** `plaintext-arrived`, `tls-intercepted`: PEM chain and key that the middlebox presents. Needed there. */
  identity?: ServerIdentity
  /** `stalled`: bytes of the reply that still pass; default 65536. */
  after?: number
  /** `idle-cut`: seconds without a byte, either way, after which it cuts; default 30. */
  seconds?: number
  /** `idle-cut`: both sides are sent FIN or RST, or nothing at all; default `silent`. */
  way?: CutName
  /** `tls-refused`: the alert that is sent; default `handshake_failure`. */
  alert?: AlertName
}

export interface Middlebox {
  readonly at: Endpoint
  readonly fault: FaultName
  /** Accepted so far; over UDP, clients with a mapping so far. */
  readonly connections: number
  /** Idempotent. Ends every connection on both sides; resolves when no handle is left. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Resolves when the port is open (or, for `refused`, held closed). Rejects with one sentence where a setting is wrong. */
export async function startMiddlebox(
  fault: FaultName,
  upstream: Endpoint,
  { address = '127.0.0.1', port = 0, transport = 'tcp', ...rest }: MiddleboxOptions = {},
): Promise<Middlebox> {
  const settings: Settings = { fault, upstream, ...rest }
  const chosen = faultNamed(fault)
  checkPort('upstream', upstream.port)
  checkPort('options.elsewhere', settings.elsewhere?.port ?? 1)
  checkNumber('options.after', settings.after ?? 0, 0, Number.MAX_SAFE_INTEGER)
  checkCut(settings)
  checkNumber('options.port', port, 0, 65535)
  const box = await open(chosen, transport, settings, { address, port })
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= box.close()
    return closing
  }
  return {
    at: box.at,
    fault,
    get connections() {
      return box.connections()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function open(fault: Fault, transport: 'tcp' | 'udp', settings: Settings, bind: Endpoint): Promise<Box> {
  const who = `the middlebox "${settings.fault}"`
  switch (transport) {
    case 'tcp':
      if (fault.tcp === NOBODY_LISTENS) return holdClosedTcp(bind, who)
      if (fault.tcp) return startTcpBox(fault.tcp(settings), bind, who)
      break
    case 'udp':
      if (fault.udp === NOBODY_LISTENS) return holdClosedUdp(bind, who)
      if (fault.udp) return startUdpBox(fault.udp(settings), bind, who)
      break
    default:
      throw new Error(`There is no transport "${transport}" for a middlebox. Transports: tcp, udp.`)
  }
  const meant = Object.entries<Fault>(faults).filter(([, other]) => other[transport])
  const names = meant.map(([name]) => name).join(', ')
  throw new Error(`The fault "${settings.fault}" means nothing for ${transport}. Faults for ${transport}: ${names}.`)
}

function faultNamed(name: string): Fault {
  const fault = Object.entries<Fault>(faults).find(([known]) => known === name)?.[1]
  if (!fault) throw new Error(`There is no fault "${name}". Faults: ${FAULT_NAMES.join(', ')}.`)
  return fault
}

const checkPort = (where: string, port: number) => checkNumber(`${where}.port`, port, 1, 65535)

function checkNumber(where: string, found: number, least: number, most: number): void {
  if (!Number.isInteger(found) || found < least || found > most)
    throw new Error(`${where} is ${found}; it must be a whole number from ${least} to ${most}.`)
}

function checkCut({ seconds = 1, way = 'silent' }: Settings): void {
  if (!(seconds > 0 && seconds <= 86_400))
    throw new Error(`options.seconds is ${seconds}; it must be a number greater than 0 and at most 86400 (24 h).`)
  if (!CUTS.includes(way)) throw new Error(`options.way is "${way}"; it must be one of ${CUTS.join(', ')}.`)
}
