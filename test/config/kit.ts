import { ConfigError } from '../../shared/config/error.ts'
import { readTopology } from '../../shared/config/read-topology.ts'

const TOPOLOGY = `topology: mine
title: Mine
topic: 1
arrows: ['4', '16']
hosts:
  server:
    zone: lan
    number: 10
    runs: [klserver, klcsweb]
    ports: { 13000: 13100 }
  agent:
    zone: dmz
    number: 101
    count: 2
    runs: [klnagent]
`

/** A right topology file, with some of its words changed. */
export const written = (changes: Readonly<Record<string, string | undefined>> = {}): string =>
  Object.entries(changes).reduce((text, [from, to]) => {
    if (to === undefined) return text
    if (!text.includes(from)) throw new Error(`the file holds no ${JSON.stringify(from)}`)
    return text.replace(from, to)
  }, TOPOLOGY)

/** The words with which something is refused; anything but a ConfigError of one line fails the test. */
export function refusal(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    if (error.message.includes('\n')) throw new Error(`more than one line: ${error.message}`)
    return error.message
  }
  throw new Error('it was accepted')
}

export const refused = (text: string): string => refusal(() => readTopology(text, 'my.yaml'))
