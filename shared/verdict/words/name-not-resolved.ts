import type { Word } from '../word.ts'

export const nameNotResolved: Word<'name-not-resolved'> = {
  word: 'name-not-resolved',
  means: 'The name of the responder has no address for the initiator; no packet was sent.',
  when: ({ resolveFailure }) => resolveFailure !== null,
  explain: ({ from, facts }) =>
    `${from} asked for the address of ${facts.resolveFailure?.name} and got ${facts.resolveFailure?.code}; nothing was sent`,
  advise: ({ facts }) =>
    `add ${facts.resolveFailure?.name} to the DNS that the initiator uses (or to its hosts file), or give the address where the name is configured`,
}
