import { target, type Word } from '../word.ts'

export const error: Word<'error'> = {
  word: 'error',
  means: 'The lab itself failed, or both ends together say nothing that a verdict could be drawn from.',
  when: () => true,
  explain: it =>
    `${it.from} to ${target(it)}: ${it.facts.failure?.message ?? 'the two ends left no evidence'}${it.facts.responderRefusal ? `; ${it.to} refused it: ${it.facts.responderRefusal}` : ''}`,
  advise: () =>
    'run it again with `--format json` and look at the evidence; if the lab is at fault, please report it with that output',
}
