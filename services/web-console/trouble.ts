import { NetError } from '../../shared/net/errors.ts'
import type { Target } from '../../shared/net/host.ts'
import { AUTHENTICATION_ERROR } from '../../shared/tls/rules.ts'

/** Why a call to the Administration Server came to nothing, for people. */
export interface Trouble {
  title: string
  /** `Arrow 9`, `From`, `To`, `Error`. */
  facts: readonly (readonly [term: string, value: string])[]
  hint: string
}

const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED:
    'The connection was refused: the Administration Server is not running, or a firewall rejects 13299/tcp.',
  TIMEOUT:
    'Nothing came back in time: a firewall may drop 13299/tcp, or a proxy takes the connection and passes nothing on.',
  EHOSTUNREACH: 'There is no route to the Administration Server from here.',
  ENETUNREACH: 'There is no route to the Administration Server from here.',
  ENOTFOUND: 'The name of the Administration Server is not resolved here: look at the DNS.',
  CERTIFICATE:
    'Either something in between ends TLS with a certificate of its own, or the Server certificate was replaced after the console had been given it.',
}
const OTHERWISE = 'Something answered on 13299/tcp, though not as the Administration Server would.'

/** One line, for JSON and for the page's banner. @throws as `troubleWith` does. */
export const troubleLine = (error: unknown, to: Target): string =>
  `The Administration Server ${to.host} cannot be reached on ${to.port}/tcp (arrow 9): ${networkError(error).message}`

/** @throws what is no error of the network: a defect of the lab, whose details belong in the log. */
export function troubleWith(error: unknown, from: string, to: Target): Trouble {
  const { code, message } = networkError(error)
  return {
    title: code === 'CERTIFICATE' ? AUTHENTICATION_ERROR : 'The Administration Server cannot be reached',
    facts: [
      ['Arrow', '9, Web Console Server to Administration Server'],
      ['From', from],
      ['To', `${to.host}, ${to.port}/tcp (OpenAPI over TLS)`],
      ['Error', message],
    ],
    hint: HINTS[code] ?? OTHERWISE,
  }
}

export function networkError(error: unknown): NetError {
  if (error instanceof NetError) return error
  throw error
}
