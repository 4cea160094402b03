// HEALTHCHECK of a host: its management answers within 2 s. A stopped or hung host does not.
const answer = await fetch('http://127.0.0.1:9990/health', { signal: AbortSignal.timeout(2_000) }).catch(() => null)
process.exit(answer?.ok ? 0 : 1)
