import type { ForwardProxy } from '../config/forward-proxy.ts'
import type { Host } from './host.ts'

/** The same host, which opens its TCP connections by way of a forward proxy, but for what the bypass list excepts. */
export const throughProxy = (host: Host, proxy: ForwardProxy | null): Host =>
  proxy === null
    ? host
    : {
        ...host,
        dial: (target, options) => host.dial(target, { ...options, through: proxy }),
        during: stamp => throughProxy(host.during(stamp), proxy),
      }
