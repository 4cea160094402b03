import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'
import { datetime, type Fields, params } from '../types.ts'

/** Product, then version, then what it is: each level wrapped. */
export const getHostProducts = method({
  name: 'HostGroup.GetHostProducts',
  fidelity: 'documented',
  about: 'Applications of a host',
  answer: '`PxgRetVal`: product, version, {`DisplayName`, `ProdVersion`, `LastUpdateTime`}',
  args: v.object({ strHostName: v.string() }),
  async run({ store }, { strHostName }) {
    const { applications, lastSyncAt } = await hostWith(store, strHostName, 'strHostName')
    const products = new Map<string, Fields>()
    for (const { name, version } of applications) {
      const about: Fields = { DisplayName: name, ProdVersion: version }
      if (lastSyncAt !== null) about.LastUpdateTime = datetime(lastSyncAt)
      products.set(name, { ...products.get(name), [version]: params(about) })
    }
    const wrapped = [...products].map(([name, versions]) => [name, params(versions)] as const)
    return { PxgRetVal: Object.fromEntries(wrapped) }
  },
})
