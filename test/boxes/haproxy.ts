/** Real HAProxy. */
import { type Box, type BoxPlace, startBox } from './box.ts'

interface Haproxy {
  mode: 'tcp' | 'http'
  /** Of clients, servers and tunnels; default 30 s. */
  seconds?: number
  /** Lines of `global`. */
  global?: string
  /** `frontend`, `backend` and `listen` sections. */
  sections: (place: BoxPlace) => string
  /** Written into its folder. */
  files?: Readonly<Record<string, string>>
}

export const startHaproxy = ({ mode, seconds = 30, global = '', sections, files = {} }: Haproxy): Promise<Box> =>
  startBox({
    command: 'haproxy',
    args: ({ file }) => ['-db', '-q', '-f', file],
    files,
    configuration: place => `global
${global}
defaults
  mode ${mode}
  timeout connect 5s
  timeout client ${seconds}s
  timeout server ${seconds}s
  timeout tunnel ${seconds}s
${sections(place)}
`,
  })
