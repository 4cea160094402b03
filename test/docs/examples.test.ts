/** The examples are told of where they should be, and what the documents show of a configuration is the example's own text. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const names = readdirSync(new URL('examples', root), { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => name)
const KINDS: Record<string, RegExp> = {
  nginx: /\.conf$/,
  haproxy: /\.cfg$/,
  caddy: /Caddyfile$/,
  squid: /squid\.conf$/,
  yaml: /compose\.yaml$/,
}

const trimmed = (text: string) =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .join('\n')

const files = names.flatMap(name =>
  readdirSync(new URL(`examples/${name}`, root))
    .filter(file => file !== 'README.md' && file !== 'certificates')
    .map(file => ({ path: `examples/${name}/${file}`, text: trimmed(read(`examples/${name}/${file}`)) })),
)

const pages = ['README.md', ...readdirSync(new URL('docs', root)).filter(name => name.endsWith('.md'))].map(name =>
  name === 'README.md' ? name : `docs/${name}`,
)
const excerpts = pages.flatMap(page =>
  [...read(page).matchAll(/^```(nginx|haproxy|caddy|squid|yaml)\n(.*?)^```$/gms)]
    // YAML is also that of topologies.
    .filter(([, kind, text = '']) => kind !== 'yaml' || text.includes('services:'))
    .map(([, kind = '', text = '']) => ({ page, kind, text })),
)

it('excerpts of configurations are there', () => {
  expect(new Set(excerpts.map(({ kind }) => kind))).toEqual(new Set(['nginx', 'haproxy', 'squid', 'yaml']))
})

it.each(excerpts)('$page: what it shows of $kind stands so in an example, which it links', ({ page, kind, text }) => {
  const from = files.filter(file => KINDS[kind]?.test(file.path) && file.text.includes(trimmed(text)))
  expect(from.map(({ path }) => path)).not.toEqual([])
  expect(from.some(({ path }) => read(page).includes(`../${path.split('/').slice(0, 2).join('/')}/README.md`))).toBe(
    true,
  )
})

describe.each(names)('examples/%s', name => {
  it('is listed, and tried in process', () => {
    for (const page of ['examples/README.md', 'docs/reverse-proxy.md'])
      expect(read(page)).toContain(`${name}/README.md)`)
    expect(existsSync(new URL(`test/examples/${name}.test.ts`, root))).toBe(true)
    expect(read('test/compose/examples.test.ts')).toContain(`'${name}'`)
  })

  it('has a README of a page, and the files that it names', () => {
    const page = read(`examples/${name}/README.md`)
    expect(page.split('\n').length).toBeLessThan(25)
    for (const [, path = ''] of page.matchAll(/(examples\/[\w-]+\/[\w.-]*\.\w+)/g)) {
      expect(path).toMatch(new RegExp(`^examples/${name}/`))
      expect(existsSync(new URL(path, root)), path).toBe(true)
    }
  })
})
