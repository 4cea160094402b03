import { answerPing as ping } from '../../shared/net/answer-ping.ts'
import { NetError } from '../../shared/net/errors.ts'
import { SessionServer } from '../../shared/net/serve-sessions.ts'
import type { Administration } from './administration.ts'
import { addGroup } from './handlers/add-group.ts'
import { listDevices } from './handlers/list-devices.ts'
import { listGroups } from './handlers/list-groups.ts'
import { moveDevice } from './handlers/move-device.ts'
import { renameDevice } from './handlers/rename-device.ts'
import { revokeCertificates } from './handlers/revoke-certificates.ts'
import { synchroniseDevice } from './handlers/synchronise-device.ts'
import type { Login } from './security/account.ts'
import { notAllowed } from './security/allowed.ts'

/** 13291: the Administration Console, in the lab's own protocol. */
export function consolePort(administration: Administration): SessionServer<Administration> {
  const { host, settings, log } = administration
  return new SessionServer<Administration>({
    roles: {
      console: {
        'list-devices': listDevices,
        'rename-device': renameDevice,
        'move-device': moveDevice,
        'revoke-certificates': revokeCertificates,
        'list-groups': listGroups,
        'add-group': addGroup,
        'synchronise-device': synchroniseDevice,
        ping,
      },
    },
    async welcome({ nonce, login }, { connection }) {
      await admit(administration, login, connection.peer.address)
      return {
        welcome: { type: 'welcome', host: host.name, version: settings.kscVersion, nonce, keep: 'not-asked' },
        context: administration,
      }
    },
    helloTimeout: settings.helloTimeout,
    readTimeout: settings.readTimeout,
    log,
  })
}

/** @throws NetError */
async function admit({ accounts, allowed, audit }: Administration, login: Login | undefined, address: string) {
  const why = notAllowed(allowed, address)
  if (why !== null) {
    await audit.notAllowed(address)
    throw new NetError('login-refused', why)
  }
  const outcome = login ? await accounts.check(login) : 'wrong'
  if (outcome === 'accepted') return audit.loggedIn(login?.user ?? '', address)
  await audit.refused(login?.user ?? '', address, outcome)
  throw new NetError(
    'login-refused',
    'the console gives login {user, password} of the administrator in hello; these are not accepted',
  )
}
