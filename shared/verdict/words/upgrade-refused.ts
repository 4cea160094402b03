import { type Case, target, type Word } from '../word.ts'

export const upgradeRefused: Word<'upgrade-refused'> = {
  word: 'upgrade-refused',
  means: 'The upgrade of a connection to a WebSocket did not pass: another answer than HTTP 101 came.',
  when: ({ upgradeAnswer, done }) => upgradeAnswer !== null && !done,
  explain: it => {
    const { status, server } = it.facts.upgradeAnswer ?? { status: 0, server: null }
    const who = server ? `Server: ${server}` : 'no Server header'
    return `${it.from} asked ${target(it)} for a WebSocket and got HTTP ${status} (${who}) instead of 101: ${what(it)}`
  },
  advise: it =>
    it.facts.upgradeAnswer?.arrived === 'whole'
      ? `look into the log of ${it.to}: the upgrade came to it, and it said no`
      : 'let the upgrade pass: nginx `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";` for /events, HAProxy without `http-request del-header Upgrade` (and `timeout tunnel` for what comes after), Apache `ProxyPass ... upgrade=websocket`',
}

function what(it: Case): string {
  switch (it.facts.upgradeAnswer?.arrived) {
    case 'without':
      return `the request reached ${it.to} without its Upgrade header, as any other one: ${it.between} does not pass it on`
    case 'whole':
      return `${it.to} got the upgrade and answered so itself`
    default:
      return `${it.to} saw no such request: ${it.between} answered by itself`
  }
}
