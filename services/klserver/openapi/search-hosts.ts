import { narrow } from './filter/narrow.ts'
import { hostRecords } from './host-attributes.ts'
import type { Call } from './method.ts'
import { keepFound, readFilter, type Search } from './search.ts'

/** As `search`, among what the indexes of the store find of the filter. */
export async function searchHosts(call: Call, method: string, args: Search) {
  const filter = readFilter(method, args)
  return keepFound(call, args, filter, await hostRecords(call.store, narrow(filter, call.now())))
}
