import { clause } from '../ruling.ts'
import { allowBefore, allowRule, type Case, sawNothing, target, type Word } from '../word.ts'

export const refused: Word<'refused'> = {
  word: 'refused',
  means:
    'The attempt was answered with a reset (TCP) or "port unreachable" (UDP): somebody says that nothing listens there.',
  when: ({ connectFailure }) => connectFailure === 'ECONNREFUSED',
  explain: it => `${it.from} was refused at ${target(it)} (${it.at})${sawNothing(it)}: ${byWhom(it)}`,
  advise: it => {
    if (it.transport === 'local') return 'start the Network Agent on this device'
    const listens = `see that the service listens (\`ss -lntu | grep ${it.port}\` on ${it.to})`
    switch (it.ruling?.decision) {
      case 'accept':
        return listens
      case 'reject':
        return `allow it${allowBefore(it)}: ${allowRule(it)}`
      default:
        return `${listens} and that no rule says \`reject\`: ${allowRule(it)}`
    }
  },
}

function byWhom({ ruling, between }: Case): string {
  if (ruling?.decision === 'accept') return `the port is closed there, since ${clause(ruling, between)}`
  if (ruling?.decision === 'reject') return clause(ruling, between)
  return `the port is closed there, or ${between} answers with a reset`
}
