import { type Case, target, type Word } from '../word.ts'

export const proxyHeader: Word<'proxy-header'> = {
  word: 'proxy-header',
  means:
    'A PROXY protocol header arrived where none is expected, or could not be used; or none arrived where one is expected.',
  when: ({ proxyHeader, connected, connectFailure, done }) =>
    proxyHeader !== null && connected && connectFailure === null && !done,
  explain: it => `${it.from} reached ${target(it)}, and ${what(it)}`,
  advise: it => {
    const { code, host } = it.facts.proxyHeader ?? { code: 'unreadable', host: it.to }
    const place = `${host}:${it.port}`
    const address = it.facts.proxyHeader?.reason.split(' ')[0]
    switch (code) {
      case 'unexpected':
        return `take it off the box: nginx stream \`proxy_protocol off;\`, HAProxy \`server\` without \`send-proxy\`, \`send-proxy-v2\`; that a real ${host} reads one no page of the vendor says. If it is to be read in this lab: \`proxyProtocol\` of ${host} in the topology, or KSC_LAB_PROXY_PROTOCOL=${place}=expected`
      case 'missing':
        return `let the box send one: nginx stream \`proxy_protocol on;\`, HAProxy \`server ... send-proxy-v2\`; or expect none there: KSC_LAB_PROXY_PROTOCOL=${place}=optional`
      case 'untrusted':
        return `where ${address} is your box, add it to those whose headers are believed (\`trusted\` of ${host} in the topology, KSC_LAB_PROXY_PROTOCOL_FROM); where it is not, remove headers from outside before your box adds its own`
      default:
        return 'look which version the box sends (nginx stream: 1; HAProxy `send-proxy`: 1, `send-proxy-v2`: 2), and whether something behind it cuts or changes the first bytes'
    }
  },
}

function what(it: Case): string {
  const { code, reason, host } = it.facts.proxyHeader ?? { code: 'unreadable', reason: '', host: it.to }
  switch (code) {
    case 'unexpected':
      return `a PROXY protocol header arrived at ${host}, where none is expected (${reason}): ${it.between} puts it before the bytes of ${it.from}`
    case 'missing':
      return `no PROXY protocol header arrived at ${host}, where one is expected (${reason}): ${it.between} does not send it`
    case 'untrusted':
      return `${host} did not believe the PROXY protocol header that arrived (${reason})`
    case 'unreadable':
      return `${host} could not read the PROXY protocol header that arrived: ${reason}`
    case 'truncated':
      return `the PROXY protocol header that ${host} received was cut short: ${reason}`
  }
}
