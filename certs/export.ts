import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { KEY_ID } from '../shared/push/apple.ts'
import { serviceAccount } from '../shared/push/google.ts'
import type { LabState } from './state.ts'
import { StateError } from './state-error.ts'

const README = `THESE ARE THE CERTIFICATES AND PRIVATE KEYS OF A TEST LAB (ksc-lab).
TRUST THEM NOWHERE BUT IN THAT LAB: WHOEVER HAS THIS FOLDER CAN ISSUE CERTIFICATES FOR ANY NAME.

lab-ca.crt, internet-ca.crt    authorities: of the lab's own servers, and of its stand-ins for public ones
mobile-ca.crt                  authority of mobile devices' certificates, for a proxy that asks for them on 443
klserver/common.*              13000, 13291, 13299, 17000; its SHA-256 is what Network Agents pin
klserver/common-reserve.*      takes over from it
klserver/mobile.*              13292, 13293
klserver/web-server.*          8061 (the .crt holds the leaf, then its issuer)
web-console/web-console.*      8080 (likewise)
ios-mdm/ios-mdm.*              443 (likewise)
ios-mdm/apple-push.*           what the iOS MDM Server shows to APNs (likewise)
apple/AuthKey_*.p8             signs tokens for APNs; google/service-account.json those for FCM: where the lab has them
devices/HOST/client.*          what a mobile device shows on 13292 and 13293 (likewise); the device is the serialNumber of its subject
`

/** Where each certificate goes; the paths are a contract. */
const EXPORTED = {
  'klserver/common': 'common',
  'klserver/common-reserve': 'common-reserve',
  'klserver/mobile': 'mobile',
  'klserver/web-server': 'web-server',
  'web-console/web-console': 'web-console',
  'ios-mdm/ios-mdm': 'ios-mdm',
  'ios-mdm/apple-push': 'apple-push',
} as const

const SECRET = /\.(key|p8|json)$/

/** Writes what the user's proxies and clients need. Gives the names written, relative to `target`. @throws StateError */
export async function exportCertificates(state: LabState, target: string): Promise<string[]> {
  const dir = resolve(target)
  try {
    return write(state, dir)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new StateError(`${dir} cannot be written (${code})`, 'give a folder that can be made and written here')
  }
}

/** Keys that sign tokens, in the forms in which Apple and Google give them to administrators. */
function pushKeys({ credentials, has }: LabState): [name: string, text: string][] {
  const account = () => JSON.stringify(serviceAccount(credentials.identity('google-account')), null, 2)
  return [
    ...(has('apple-push-key')
      ? [[`apple/AuthKey_${KEY_ID}.p8`, credentials.identity('apple-push-key').key] as [string, string]]
      : []),
    ...(has('google-account') ? [['google/service-account.json', `${account()}\n`] as [string, string]] : []),
  ]
}

function write(state: LabState, dir: string): string[] {
  const { credentials } = state
  if (existsSync(dir) && readdirSync(dir).length > 0 && !existsSync(join(dir, 'lab-ca.crt')))
    throw new StateError(`${dir} is not empty and was not written by \`certs export\``, 'give a new or empty folder')
  const files: [name: string, text: string][] = [
    ['README.txt', README],
    ['lab-ca.crt', credentials.authority('lab-ca')],
    ['internet-ca.crt', credentials.authority('internet-ca')],
    ['mobile-ca.crt', credentials.authority('mobile-ca')],
    ...[
      ...Object.entries(EXPORTED),
      ...state.devices.map((device): [string, string] => [`devices/${device}/client`, `client@${device}`]),
    ].flatMap(([path, use]): [string, string][] => {
      const { cert, key } = credentials.identity(use)
      return [
        [`${path}.crt`, cert],
        [`${path}.key`, key],
      ]
    }),
    ...pushKeys(state),
  ]
  for (const [name, text] of files) {
    mkdirSync(dirname(join(dir, name)), { recursive: true, mode: 0o700 })
    const [file, mode] = [join(dir, name), SECRET.test(name) ? 0o600 : 0o644]
    writeFileSync(file, text, { mode })
    // The mode above is for a new file only.
    chmodSync(file, mode)
  }
  return files.map(([name]) => name)
}
