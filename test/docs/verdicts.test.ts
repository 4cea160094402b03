import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FINDING_KINDS } from '../../shared/verdict/findings/index.ts'
import { VERDICT_WORDS, words } from '../../shared/verdict/words.ts'

const page = readFileSync(new URL('../../docs/verdicts.md', import.meta.url), 'utf8')
const [verdicts = '', found = ''] = page.split(/^# Findings$/m)
const sections = verdicts.split(/^## /m).slice(1)

describe('docs/verdicts.md', () => {
  it('has a section for every word, in the order in which they are asked, and no other', () => {
    expect(sections.map(section => section.split('\n')[0])).toEqual(VERDICT_WORDS)
  })

  it('has every finding in the table of findings, in their order', () => {
    const first = found.split('\n').flatMap(line => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)])
    expect(first.map(([, kind]) => kind)).toEqual(FINDING_KINDS)
  })

  it.each(words.map(word => [word.word, word] as const))(
    '%s: begins with what the word means and says what both ends saw and what to change',
    (name, word) => {
      const section = sections.find(candidate => candidate.startsWith(`${name}\n`)) ?? ''
      expect(section).toContain(`\n\n${word.means}\n`)
      expect(section).toContain('**Both ends saw**')
      expect(section).toContain('**To change**')
    },
  )
})
