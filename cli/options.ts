/** Options that several commands share, and what they may be. */
import { resolve } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { type Logger, pino } from 'pino'
import { KSC_VERSIONS } from '../shared/catalogue/types.ts'
import { ConfigError } from '../shared/config/error.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

export const stateOption = () =>
  new Option('--state <dir>', 'state folder: certificates, credentials, stores')
    .env('KSC_LAB_STATE')
    .default('.ksc-lab')
export const topologyOption = () =>
  new Option('--topology <topology>', 'name of a topology, or the path of a .yaml file')
    .env('KSC_LAB_TOPOLOGY')
    .makeOptionMandatory()
export const versionOption = () =>
  new Option('--ksc-version <version>', 'documentation to go by')
    .env('KSC_LAB_VERSION')
    .choices(KSC_VERSIONS)
    .default('14.2')
export const portsOption = () =>
  new Option(
    '--ports <ports>',
    'documented: the documented numbers on loopback addresses of their own; ephemeral: free ports of 127.0.0.1',
  )
    .env('KSC_LAB_PORTS')
    .choices(['documented', 'ephemeral'])
    .default('documented')
export const jsonOption = () => new Option('--json', 'print JSON')

export const list = (text: string): string[] =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)

export function positive(text: string): number {
  const number = Number(text)
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('a number greater than 0 is expected.')
  return number
}

/** A day in seconds: no time-out for idle connections that is worth waiting for is longer. */
const LONGEST_HOLD = 86_400

export function span(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
  if (number < 0.001 || number > LONGEST_HOLD)
    throw new InvalidArgumentError(`a number of seconds greater than 0 and at most ${LONGEST_HOLD} (24 h) is expected.`)
  return number
}

export const stateFolder = (dir: string): string => resolve(dir)

/** Quiet unless asked for (`KSC_LAB_LOG=debug`); always on stderr, so that stdout is data. */
export function logger(): Logger {
  const level = process.env.KSC_LAB_LOG ?? 'silent'
  if (!(LEVELS as readonly string[]).includes(level))
    throw new ConfigError(
      `environment: KSC_LAB_LOG=${JSON.stringify(level)} is not accepted; expected: ${LEVELS.join(', ')}`,
    )
  return pino({ level }, pino.destination({ dest: 2, sync: true }))
}

/** `{ 'klserver:13000': where the user's own box listens }` */
export type Route = Record<string, { host: string; port: number }>

const ROUTE = /^(?<from>[a-z0-9-]+:\d+(?:\/(?:tcp|udp))?)=(?<host>.+):(?<port>\d+)$/

/** Gathers one `--route klserver:13000=127.0.0.1:8443`, or `klserver:13000/udp=...`. */
export function route(text: string, gathered: Route = {}): Route {
  const { from, host, port } = ROUTE.exec(text)?.groups ?? {}
  const number = Number(port)
  if (from === undefined || host === undefined || number < 1 || number > 65_535)
    throw new InvalidArgumentError('expected is host:port=address:port, as klserver:13000=127.0.0.1:8443.')
  return { ...gathered, [from]: { host: host.replace(/^\[|\]$/g, ''), port: number } }
}
