/** 19170: tunnels to devices that keep a continuous connection (topic 92537). Which protocol klsctunnel speaks is not documented: this is CONNECT. */
import { type ConnectRequest, serveConnect } from '../../../shared/http/connect.ts'
import { carry } from '../../../shared/net/carry.ts'
import type { NetError } from '../../../shared/net/errors.ts'
import type { Connection, Listener } from '../../../shared/net/host.ts'
import type { Administration } from '../administration.ts'

export function tunnelPort(administration: Administration): Promise<Listener> {
  const { host, credentials, settings } = administration
  const tls = () => credentials.identity('common')
  const options = { tls, handshakeTimeout: settings.helloTimeout }
  return serveConnect(host, 19170, options, request => void serve(administration, request))
}

async function serve(administration: Administration, request: ConnectRequest): Promise<void> {
  const { store, accounts, kept, tunnels, log } = administration
  const { host: name, port, connection } = request
  const login = loginOf(request)
  if (login === undefined || (await accounts.check(login)) !== 'accepted')
    return request.refuse(407, "the administrator's user and password are expected (Basic)", {
      'proxy-authenticate': 'Basic realm="klsctunnel"',
    })
  const device = await store.deviceCalled(name)
  if (!device) return request.refuse(404, `no device is called ${name.slice(0, 255)}; its name or its id is expected`)
  const session = kept.get(device.agentId)
  if (!session?.open)
    return request.refuse(
      409,
      `${device.name} keeps no continuous connection, and a tunnel goes by that alone: set "do not disconnect" for it`,
    )
  const { invitation, answer } = tunnels.invite()
  void session.closed.then(() =>
    tunnels.refuse(invitation, 'GONE', `the continuous connection of ${device.name} has ended`),
  )
  session.send({ type: 'tunnel', tunnel: invitation, port })
  let onward: Connection
  try {
    onward = await answer
  } catch (error) {
    const { message } = error as NetError
    return request.refuse(502, `${device.name}: ${message}`)
  }
  log.info({ device: device.name, port }, 'a tunnel is open')
  request.accept()
  connection.observe({ what: 'carried', detail: { to: `${device.name}:${port}`, by: onward.id } })
  await carry(connection, onward)
}

/** curl sends what `--proxy-user` gives as Proxy-Authorization. */
function loginOf({ headers }: ConnectRequest): { user: string; password: string } | undefined {
  const [, encoded] = /^basic\s+(\S+)$/i.exec(headers['proxy-authorization'] ?? headers.authorization ?? '') ?? []
  const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? []
  return user === undefined || password === undefined ? undefined : { user, password }
}
