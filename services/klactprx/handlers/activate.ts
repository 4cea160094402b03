import * as v from 'valibot'
import type { KasperskyForward } from '../../../shared/kaspersky/forward.ts'
import { NetError } from '../../../shared/net/errors.ts'
import type { Handler } from '../../../shared/net/serve-sessions.ts'
import { explain } from '../../../shared/wire/explain.ts'

/** What Kaspersky answers. */
const Licence = v.object({ validTo: v.pipe(v.string(), v.isoTimestamp()) })

/** The licence is Kaspersky's to give: the proxy passes the request on, and says to whom. */
export const activate: Handler<KasperskyForward, 'activate'> = async (forward, { id, nonce, product }, session) => {
  const { answer, forwardedTo } = await forward.ask({
    path: '/activation',
    body: { product },
    nonce,
    observe: session.connection.observe,
  })
  const { issues, output } = v.safeParse(Licence, answer, { abortEarly: true })
  if (issues) throw new NetError('kaspersky-unreadable', explain('the answer of Kaspersky', issues))
  return { type: 'activated', id, nonce, product, validTo: Date.parse(output.validTo), forwardedTo }
}
