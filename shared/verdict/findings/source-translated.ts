import type { Endpoint, Observation } from '../../journal/observation.ts'
import type { Notice } from './notice.ts'

export const sourceTranslated: Notice = ({ initiator, responder }) => {
  const connected = initiator.findLast(entry => entry.what === 'connected')
  const source = sourceAt(responder)
  if (!connected || !source || connected.transport === 'local') return null
  const { local } = connected.detail
  return local.address === source.address ? null : `the responder sees ${source.address} where ${local.address} dialled`
}

/** Who the far end is for the responder: the peer, or whom a PROXY protocol header names. */
function sourceAt(responder: readonly Observation[]): Endpoint | null {
  const accepted = responder.findLast(entry => entry.what === 'accepted')
  if (!accepted) return null
  const header = responder.findLast(entry => entry.what === 'proxy-header' && entry.connection === accepted.connection)
  return (header?.what === 'proxy-header' && header.detail.source) || accepted.detail.remote
}
