/** examples/caddy as its README tells it, with the real Caddy. */
import { inTheProxysPlace } from './kit.ts'

inTheProxysPlace({
  name: 'caddy',
  programs: [
    ['caddy', 'version'],
    ['nginx', '-v'],
  ],
  ends: [8080],
})
