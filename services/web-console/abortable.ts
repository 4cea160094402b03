import type { Host } from '../../shared/net/host.ts'

/** The same Host; what it dials, or has dialled, ends when the signal says so. */
export const abortable = (host: Host, signal: AbortSignal): Host => ({
  ...host,
  async dial(target, options) {
    const connection = await host.dial(target, { ...options, signal })
    const destroy = () => void connection.stream.destroy()
    signal.addEventListener('abort', destroy)
    connection.stream.once('close', () => signal.removeEventListener('abort', destroy))
    return connection
  },
})
