import type { Observation, Sight } from '../../journal/observation.ts'

type Hello<W extends Sight['what']> = Extract<Sight, { what: W }>['detail']

/** The initiator's last ClientHello to a port of the responder's, and the last one that came there, where that is another one. */
export function otherHello(
  initiator: readonly Observation[],
  responder: readonly Observation[],
): { sent: Hello<'client-hello-sent'>; came: Hello<'client-hello'> } | null {
  const came = responder.filter(entry => entry.what === 'client-hello')
  const sent = initiator.findLast(
    entry => entry.what === 'client-hello-sent' && came.some(({ port }) => port === entry.port),
  )
  const last = came.at(-1)
  if (sent?.what !== 'client-hello-sent' || !last) return null
  return came.some(({ detail }) => detail.random === sent.detail.random)
    ? null
    : { sent: sent.detail, came: last.detail }
}
