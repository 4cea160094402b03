import { createPrivateKey, sign } from 'node:crypto'
import { sealNotice } from '../../shared/wire/datagram.ts'
import type { Administration } from './administration.ts'

/** The signed datagram of help topic 92537, sent by the Server itself or by a distribution point on its behalf. */
export function sealWakeUp({ credentials }: Administration, target: string, nonce: string): Buffer {
  const key = createPrivateKey(credentials.identity('common').key)
  const notice = { kind: 'wake-up', target, nonce, at: Date.now() } as const
  return sealNotice(notice, body => sign('sha256', body, key))
}
