import { allowRule, target, type Word } from '../word.ts'

export const refused: Word<'refused'> = {
  word: 'refused',
  means:
    'The attempt was answered with a reset (TCP) or "port unreachable" (UDP): somebody says that nothing listens there.',
  when: ({ connectFailure }) => connectFailure === 'ECONNREFUSED',
  explain: it =>
    `${it.from} was refused at ${target(it)} (${it.at}) and ${it.to} saw nothing: the port is closed there, or ${it.between} answers with a reset`,
  advise: it =>
    it.transport === 'local'
      ? 'start the Network Agent on this device'
      : `see that the service listens (\`ss -lntu | grep ${it.port}\` on ${it.to}) and that no rule says \`reject\`: ${allowRule(it)}`,
}
