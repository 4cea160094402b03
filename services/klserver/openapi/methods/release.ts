import * as v from 'valibot'
import { method } from '../method.ts'

export const release = method({
  name: 'ChunkAccessor.Release',
  fidelity: 'documented',
  about: 'Forgets a found set',
  answer: '`{}`',
  args: v.object({ strAccessor: v.string() }),
  run({ accessors, caller }, { strAccessor }) {
    accessors.release(caller.user, strAccessor)
    return {}
  },
})
