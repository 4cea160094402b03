import { isOwnProgram, type OwnProgram, type ProgramName } from '../shared/config/programs.ts'
import type { StartService } from '../shared/service.ts'

/** Where each program's code is; loaded only where a host runs it. */
const folders: Record<OwnProgram, () => Promise<{ start: StartService }>> = {
  klserver: () => import('../services/klserver/index.ts'),
  klactprx: () => import('../services/klactprx/index.ts'),
  ksnproxy: () => import('../services/ksnproxy/index.ts'),
  klcsweb: () => import('../services/klcsweb/index.ts'),
  'web-console': () => import('../services/web-console/index.ts'),
  'ios-mdm': () => import('../services/ios-mdm/index.ts'),
  klnagent: () => import('../services/klnagent/index.ts'),
  console: () => import('../services/console/index.ts'),
  klsctunnel: () => import('../services/klsctunnel/index.ts'),
  android: () => import('../services/android/index.ts'),
  ios: () => import('../services/ios/index.ts'),
  browser: () => import('../services/browser/index.ts'),
  'kaspersky-servers': () => import('../services/kaspersky-servers/index.ts'),
  'apple-servers': () => import('../services/apple-servers/index.ts'),
  'google-servers': () => import('../services/google-servers/index.ts'),
  'network-card': () => import('../services/network-card/index.ts'),
  'reverse-proxy': () => import('../services/reverse-proxy/index.ts'),
  siem: () => import('../services/siem/index.ts'),
  'sql-server': () => import('../services/sql-server/index.ts'),
  'uefi-device': () => import('../services/uefi-device/index.ts'),
}

export async function loadService(name: ProgramName): Promise<StartService> {
  if (!isOwnProgram(name)) throw new Error(`the lab runs no ${name}`)
  return (await folders[name]()).start
}
