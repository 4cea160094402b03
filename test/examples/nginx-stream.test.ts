/** examples/nginx-stream as its README tells it, with the real nginx. */
import { inTheProxysPlace } from './kit.ts'

inTheProxysPlace({ name: 'nginx-stream', programs: [['nginx', '-v']], ends: [] })
