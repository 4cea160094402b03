import type { Handler } from '../../../../shared/net/serve-sessions.ts'
import type { LabPackage } from '../../../../shared/packages.ts'

export const listPackages: Handler<readonly LabPackage[], 'list-packages'> = (packages, { id, nonce }) => ({
  type: 'packages',
  id,
  nonce,
  packages: packages.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
})
