/** examples/haproxy-client-cert as its README tells it, with the real HAProxy. */
import { inTheProxysPlace } from './kit.ts'

inTheProxysPlace({
  name: 'haproxy-client-cert',
  programs: [
    ['haproxy', '-v'],
    ['nginx', '-v'],
  ],
  ends: [443],
})
