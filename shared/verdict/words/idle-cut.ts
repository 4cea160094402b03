import { type EndOfHold, type IdleFacts, seconds } from '../idle.ts'
import { type Case, target, type Word } from '../word.ts'

export const idleCut: Word<'idle-cut'> = {
  word: 'idle-cut',
  means: 'A long-lived connection was established, and did not live through the time for which both ends kept still.',
  when: ({ idle }) => idle?.cut === true,
  explain: it => {
    const { idle } = it.facts
    if (idle === null) return ''
    const way = it.carrier === null ? '' : ` by way of ${it.carrier.name}`
    return `the connection of ${it.from} to ${target(it)}${way} was established, and held without a byte for up to ${seconds(idle.span)}: ${it.from} ${sight(idle.initiator, it.to)}; ${it.to} ${sight(idle.responder, it.from)}: ${culprit(it, idle)}`
  },
  advise: it => {
    const { idle } = it.facts
    const moment = idle ? soonest(idle) : null
    const already =
      moment !== null && moment > LONGEST_INTERVAL
        ? ` (${seconds(moment)} are more than that: a connection on which these signs pass would have lived, so this matters where they are rarer)`
        : ''
    return `raise the idle time-out of ${idle ? boxOf(it, idle) : it.between} for ${target(it)} well above the time between two signs of life: 30 s on signal connections and on those to a push server, 60 s on an agent's own (assumed)${already}. HAProxy \`timeout client\`, \`timeout server\` and \`timeout tunnel\`; nginx stream \`proxy_timeout\`; a firewall's time-out for established TCP connections (Linux \`net.netfilter.nf_conntrack_tcp_timeout_established\`)`
  },
}

/** ms between the signs of life on an agent's own connection; the other ones send them more often. */
const LONGEST_INTERVAL = 60_000

/** Followed by the end's name. */
function sight({ saw, after }: EndOfHold, other: string): string {
  const moment = after === null ? '' : ` after ${seconds(after)}`
  switch (saw) {
    case 'fin':
      return `saw it ended with FIN${moment}`
    case 'rst':
      return `saw it reset (RST)${moment}`
    case 'late':
      return `heard ${other} only${moment}, when it had spoken again itself`
    case 'word':
      return `heard ${other}${moment}`
    case 'open':
      return 'saw nothing of that, and still held it open'
    case 'own-end':
      return `ended it itself${moment}`
    case 'silence':
      return `never heard ${other} again, on a connection that looked open`
  }
}

function culprit(it: Case, idle: IdleFacts): string {
  const box = boxOf(it, idle)
  if (idle.initiator.saw === 'late')
    return `${box} forgot it within that time, and lets through what ${it.to} says only after ${it.from} has spoken`
  const moment = soonest(idle)
  if (moment === null)
    return idle.responder.saw === 'word'
      ? `${box} let nothing back any more`
      : `${box} forgot it within that time without telling anybody, and drops what still comes`
  return moment < idle.span
    ? `${box} cuts what is idle for ${seconds(moment)}`
    : `${box} forgot it within that time, and answers the next packet so`
}

/** ms after which the first of the two ends was told of it; null where nobody was. */
function soonest({ initiator, responder }: IdleFacts): number | null {
  const moments = [initiator, responder].flatMap(({ saw, after }) =>
    (saw === 'fin' || saw === 'rst') && after !== null ? [after] : [],
  )
  return moments.length === 0 ? null : Math.min(...moments)
}

const boxOf = (it: Case, { carrier }: IdleFacts): string => (it.carrier === null ? it.between : where(it, carrier))

/** On which leg: a gateway ends towards the initiator what has ended towards the responder. */
function where(
  { from, to, carrier, between }: Pick<Case, 'from' | 'to' | 'carrier' | 'between'>,
  seen: EndOfHold | null,
) {
  if (seen?.saw === 'own-end') return `whatever stands between ${carrier?.name} and ${to}`
  if (seen?.saw === 'fin' || seen?.saw === 'rst')
    return between.startsWith('the box') ? between : `whatever stands between ${from} and ${carrier?.name}`
  return between.startsWith('the box') ? between : `whatever stands between ${from}, ${carrier?.name} and ${to}`
}
