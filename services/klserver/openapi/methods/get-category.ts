import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { notFound } from '../errors.ts'
import { method } from '../method.ts'

export const getCategory = method({
  name: 'FileCategorizer2.GetCategory',
  fidelity: 'documented',
  about: 'An application category: the lab has none',
  answer: 'an error: not found',
  args: v.object({ nCategoryId: v.optional(Integer) }),
  run(_call, { nCategoryId = 0 }): never {
    throw notFound(`nCategoryId: there is no category ${nCategoryId}; this lab has none`)
  },
})
