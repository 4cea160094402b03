import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as library from '../../lab/index.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const page = read('../../docs/library.md')
const examples = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)

describe('docs/library.md', () => {
  it('has an example, and a test runs it', () => {
    expect(examples).toEqual([read('./library/example.test.ts')])
  })

  it('names everything that the library gives to call', () => {
    for (const name of Object.keys(library).filter(each => each !== 'FAULT_NAMES')) expect(page).toContain(`\`${name}(`)
  })
})
