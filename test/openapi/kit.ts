import { pino } from 'pino'
import { createOpenApi } from '../../services/klserver/openapi/index.ts'
import { Accounts } from '../../services/klserver/security/accounts.ts'
import { openStore } from '../../services/klserver/store/index.ts'
import { addressSet } from '../../shared/net/address-set.ts'

export const ADMINISTRATOR = { user: 'KLAdmin', password: 'Pa"ß, wörd=' }

/** Whose login has two steps. */
export const AUDITOR = { user: 'auditor', password: 'Second step' }

const base64 = (text: string) => Buffer.from(text).toString('base64')
export const basic = ({ user, password } = ADMINISTRATOR) =>
  `KSCBasic user="${base64(user)}", pass="${base64(password)}", internal="1"`

export interface Answered {
  status: number
  headers: Record<string, unknown>
  text: string
  raw: Buffer
  // biome-ignore lint/suspicious/noExplicitAny: tests index into answers; a wrong shape fails the expectation.
  json: any
}

interface Given {
  administrator?: typeof ADMINISTRATOR
  /** Wrong passwords before the account is blocked. */
  attempts?: number
  /** Addresses that are let in. */
  from?: string[]
  headersTimeout?: number
}

/** The OpenAPI with an empty store and a clock of its own, called without a network. */
export async function openApi({ administrator = ADMINISTRATOR, attempts = 10, from, ...more }: Given = {}) {
  const store = await openStore(':memory:')
  const clock = { now: Date.UTC(2030, 0, 31, 8, 5) }
  const accounts = new Accounts({ administrator, twoStepUser: AUDITOR, attempts, now: () => clock.now })
  const client = { address: '127.0.0.1' }
  const pushed: string[] = []
  const called: { hostId: string; answer: PromiseWithResolvers<void> }[] = []
  const logged: Record<string, unknown>[] = []
  const app = createOpenApi({
    store,
    accounts,
    allowed: from ? addressSet(from) : null,
    server: { name: 'klserver', version: '15.1' },
    log: pino({}, { write: line => void logged.push(JSON.parse(line)) }),
    pushNeeded: ({ hostId }) => void pushed.push(hostId),
    synchronise({ hostId }) {
      const answer = Promise.withResolvers<void>()
      called.push({ hostId, answer })
      return answer.promise
    },
    now: () => clock.now,
    ...more,
  })

  const post = async (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answered> => {
    const text = typeof body === 'object' ? JSON.stringify(body) : body
    const {
      statusCode,
      headers: answered,
      payload,
      rawPayload,
    } = await app.inject({
      method: 'POST',
      url: path,
      remoteAddress: client.address,
      headers,
      ...(text === undefined ? {} : { payload: String(text) }),
    })
    const isPlainJson = String(answered['content-type']).includes('json') && !answered['content-encoding']
    return {
      status: statusCode,
      headers: answered,
      text: payload,
      raw: rawPayload,
      json: isPlainJson ? JSON.parse(payload) : null,
    }
  }

  return {
    store,
    accounts,
    clock,
    /** From where calls come. */
    client,
    /** Host ids of devices that have something to fetch. */
    pushed,
    /** Devices that are called to synchronise; the test answers for them. */
    called,
    logged,
    app,
    post,
    /** A call with the administrator's credentials, which needs no login. */
    call: (method: string, args?: unknown, headers = {}) =>
      post(`/api/v1.0/${method}`, args, { authorization: basic(), ...headers }),
    session: async (): Promise<string> =>
      (await post('/api/v1.0/Session.StartSession', undefined, { authorization: basic() })).json.PxgRetVal,
    /** What the Server has written of logins, the newest first. */
    audit: async () =>
      (await store.events()).filter(({ kind }) => kind === 'KLAUD_EV_SERVERCONNECT').map(({ text }) => text),
    /** @param n also the last byte of its address and, in minutes, when it arrived */
    device: (n: number, name = `ws-${n}`) =>
      store.arrived({
        agentId: `11111111-2222-3333-4444-${String(n).padStart(12, '0')}`,
        name,
        address: `192.168.1.${n}`,
        version: '15.1.0.20748',
        os: n % 2 ? 'Windows 11' : 'ALT Workstation 10',
        at: clock.now - n * 60_000,
      }),
    async [Symbol.asyncDispose]() {
      await app.close()
      await store.close()
    },
  }
}
