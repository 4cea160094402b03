import { NetError } from '../../../../shared/net/errors.ts'
import type { Handler } from '../../../../shared/net/serve-sessions.ts'
import type { LabPackage } from '../../../../shared/packages.ts'

export const getPiece: Handler<readonly LabPackage[], 'get-piece'> = (packages, message) => {
  const { id, nonce, from, length } = message
  const wanted = packages.find(({ name }) => name === message.package)
  if (!wanted)
    throw new NetError(
      'no-package',
      `no package ${message.package} here; there are ${packages.map(({ name }) => name).join(', ')}`,
    )
  if (from + length > wanted.bytes)
    throw new NetError(
      'beyond-the-end',
      `${message.package} has ${wanted.bytes} bytes; ${length} from ${from} are more than that`,
    )
  const bytes = wanted.content.subarray(from, from + length)
  return { type: 'piece', id, bytes, ...(nonce === undefined ? {} : { nonce }) }
}
