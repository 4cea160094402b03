import { DeclarativeManagement, read } from '../messages.ts'
import { Refusal } from '../refusal.ts'
import { tiedDevice } from '../tied-device.ts'
import type { CheckInAnswer, CheckInHandler } from './index.ts'

/** There are no declarations here, and there never were any. */
const TOKEN = 'none'
const TIMESTAMP = '2026-01-01T00:00:00Z'

const json = (value: object): CheckInAnswer => ({ type: 'application/json', body: Buffer.from(JSON.stringify(value)) })

/** What a server without declarations answers; a device's status is taken and not kept. */
export const declarativeManagement: CheckInHandler = ({ devices }, { udid, message, identity }) => {
  tiedDevice(devices, udid, identity)
  const { Endpoint } = read(DeclarativeManagement, 'DeclarativeManagement', message)
  if (Endpoint === 'tokens') return json({ SyncTokens: { Timestamp: TIMESTAMP, DeclarationsToken: TOKEN } })
  if (Endpoint === 'declaration-items')
    return json({
      Declarations: { Activations: [], Assets: [], Configurations: [], Management: [] },
      DeclarationsToken: TOKEN,
    })
  if (Endpoint === 'status') return null
  if (Endpoint.startsWith('declaration/')) throw new Refusal(404, 'declaration', `there is no ${Endpoint}`)
  throw new Refusal(
    400,
    'message',
    `Endpoint ${JSON.stringify(Endpoint)} is not known; known are tokens, declaration-items, status, declaration/TYPE/ID`,
  )
}
