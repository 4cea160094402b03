import { execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LabState, openState, type StateOptions } from '../../certs/state.ts'
import type { Subjects } from '../../certs/uses.ts'

export const DAY = 86_400_000

/** A folder that goes with the test. */
export function temporary(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'ksc-lab-certs-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export const names = (...dns: string[]) => ({ dns: ['localhost', ...dns], ip: ['127.0.0.1', '127.10.0.10'] })

export const SUBJECTS: Subjects = {
  klserver: names('klserver', 'klserver.lan.example'),
  gateway: names('gateway'),
  'web-console': names('web-console'),
  'ios-mdm': names(),
  kaspersky: names('kaspersky'),
  siem: names('siem'),
}

export const open = (folder: string, options: Partial<StateOptions> = {}): Promise<LabState> =>
  openState(folder, { subjects: SUBJECTS, ...options })

/** A clock that stands so many days after now. */
export const daysOn = (days: number) => () => new Date(Date.now() + days * DAY)

export const MADE = [
  ...['lab-ca', 'internet-ca', 'mobile-ca', 'common', 'common-reserve', 'mobile', 'mobile-reserve'],
  ...['gateway', 'web-server', 'web-console', 'ios-mdm', 'kaspersky', 'siem', 'apple-push'],
] as const

export const certificate = (state: LabState, use: string) => new X509Certificate(state.credentials.identity(use).cert)

/** SHA-256 of every certificate, by use. */
export const fingerprints = (state: LabState): Record<string, string> =>
  Object.fromEntries(MADE.map(use => [use, certificate(state, use).fingerprint256]))

/** The uses whose certificates are not the same in both. */
export function changed(before: Record<string, string>, now: Record<string, string>): string[] {
  return Object.keys(now).filter(use => before[use] !== now[use])
}

export const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

/** Every file below a folder with what it holds. */
export const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .sort()
      .map(file => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]),
  )

/** How `openssl verify` answers: null when it accepts, otherwise its error number. */
export function refusal(args: readonly string[]): { number: number; text: string } | null {
  const { status, stdout, stderr } = spawnSync('openssl', ['verify', ...args], { encoding: 'utf8' })
  if (status === 0) return null
  return { number: Number(/error (\d+) at/.exec(stderr)?.[1] ?? -1), text: `${stdout}${stderr}` }
}

export const text = (file: string) =>
  execFileSync('openssl', ['x509', '-noout', '-text', '-in', file], { encoding: 'utf8' })
