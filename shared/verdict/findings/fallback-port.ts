import type { Notice } from './notice.ts'

/** Which ports were tried before, and what became of them. */
export const fallbackPort: Notice = ({ initiator, fallback = [] }) => {
  const answered = initiator.findLast(({ what }) => what === 'reply-received')?.port
  if (!answered || !fallback.includes(answered)) return null
  const tried = new Map<number, string>()
  for (const { port, what, detail } of initiator)
    if (port !== null && port !== answered)
      tried.set(port, 'code' in detail ? String(detail.code) : (tried.get(port) ?? what))
  const before = [...tried].map(([port, code]) => `${port} (${code})`).join(', ')
  return `it came up on ${answered}, since ${before} did not pass`
}
