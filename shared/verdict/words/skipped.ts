import type { Word } from '../word.ts'

export const skipped: Word<'skipped'> = {
  word: 'skipped',
  means: 'The arrow was not exercised, for the reason given.',
  when: ({ skipped }) => skipped !== null,
  explain: ({ facts }) => `not exercised: ${facts.skipped}`,
  advise: () => '',
}
