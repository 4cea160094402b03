/** Calls over the network, as a client of another machine makes them. */
import { Agent, fetch } from 'undici'
import type { Lab } from '../../lab/start-lab.ts'
import { basic } from './kit.ts'

// Whatever certificate is shown: who is trusted is not what these tests are about.
const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })

const urlOf = (lab: Lab, host: string, port: number): string => {
  const at = lab.endpoint(host, port)
  return `https://${at.address}:${at.port}`
}

// biome-ignore lint/suspicious/noExplicitAny: tests index into answers; a wrong shape fails the expectation.
export async function call(lab: Lab, method: string, args: object): Promise<any> {
  const authorization = basic(lab.state.credentials.administrator)
  const response = await fetch(`${urlOf(lab, 'klserver', 13299)}/api/v1.0/${method}`, {
    ...{ method: 'POST', headers: { authorization }, body: JSON.stringify(args), dispatcher },
  })
  const answer = (await response.json()) as { PxgError?: { message: string } }
  if (answer.PxgError) throw new Error(`${method}: ${answer.PxgError.message}`)
  return answer
}

/** What the page of the Web Console lists. */
export async function consoleDevices(lab: Lab): Promise<{ id: string; name: string }[]> {
  const url = urlOf(lab, 'web-console', 8080)
  const login = await fetch(`${url}/login`, {
    ...{ method: 'POST', redirect: 'manual', dispatcher },
    headers: { origin: url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...lab.state.credentials.administrator }).toString(),
  })
  const cookie = login.headers
    .getSetCookie()
    .map(one => one.split(';')[0])
    .join('; ')
  const answer = await fetch(`${url}/api/devices`, { headers: { cookie }, dispatcher })
  return ((await answer.json()) as { devices: { id: string; name: string }[] }).devices
}
