/** Real nginx. */
import { existsSync } from 'node:fs'
import { type Box, type BoxPlace, startBox } from './box.ts'

interface Nginx {
  /** What stands in `http { ... }`: its `server` blocks. */
  http?: (place: BoxPlace) => string
  /** What stands in `stream { ... }`. */
  stream?: (place: BoxPlace) => string
  /** Written into its folder. */
  files?: Readonly<Record<string, string>>
}

/** Debian builds `stream` as a module of its own. */
const STREAM = '/usr/lib/nginx/modules/ngx_stream_module.so'

export const startNginx = ({ http, stream, files = {} }: Nginx): Promise<Box> =>
  startBox({
    command: 'nginx',
    args: ({ file }) => ['-c', file, '-e', 'stderr'],
    files,
    configuration: place => `${stream && existsSync(STREAM) ? `load_module ${STREAM};` : ''}
${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; worker_processes 1; pid ${place.folder}/nginx.pid; error_log stderr warn;
events { worker_connections 64; }
${http ? `http {\n${temporaryFiles(place)}\n${http(place)}\n}` : ''}
${stream ? `stream {\n${stream(place)}\n}` : ''}
`,
  })

const temporaryFiles = ({ folder }: BoxPlace) =>
  [
    'access_log off;',
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/${name};`),
  ].join(' ')
