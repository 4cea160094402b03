import type { Application } from '../../../shared/wire/messages/sync.ts'
import { long, type Params, params } from './types.ts'

/** What InventoryApi says of an application; its Network Agent tells the name and version, the rest is empty. */
const product = ({ name, version }: Application): Params =>
  params({
    ...{ DisplayName: name, DisplayVersion: version, ProductID: `${name} ${version}`, ARPRegKey: '', Comments: '' },
    ...{ Publisher: /kaspersky/i.test(name) ? 'Kaspersky' : '', InstallDate: '', InstallDir: '', LangId: 0 },
    ...{ PackageCode: '', UninstallString: '', QuietUninstallString: '', HelpLink: '', HelpTelephone: '' },
    ...{ CleanerProductName: '', bIsMsi: false, VapmBuild: long(0) },
  })

export function products(applications: readonly Application[]): { GNRL_EA_PARAM_1: Params[] } {
  const once = new Map(applications.map(one => [`${one.name} ${one.version}`, one]))
  return { GNRL_EA_PARAM_1: [...once.values()].map(product) }
}

/** Network Agents of the lab know of no patches. */
export const NO_PATCHES = { GNRL_EA_PARAM_1: [] }
