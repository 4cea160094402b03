import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { method } from '../method.ts'

/** s, where the client gives none (assumed). */
const LIFETIME = 600

export const enumKeys = method({
  name: 'LicenseKeys.EnumKeys',
  fidelity: 'documented',
  about: 'Licence keys: the lab has none',
  answer: '`lKeyCount`: 0, `wstrIterator`',
  args: v.object({
    pFields: v.optional(v.unknown()),
    pFieldsToOrder: v.optional(v.unknown()),
    pOptions: v.optional(v.unknown()),
    lTimeoutSec: v.optional(Integer),
  }),
  run: ({ accessors, caller }, { lTimeoutSec = 0 }) => ({
    lKeyCount: 0,
    wstrIterator: accessors.keep(caller.user, [], lTimeoutSec > 0 ? lTimeoutSec : LIFETIME),
  }),
})
