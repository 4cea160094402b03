import { target, type Word } from '../word.ts'

export const stalled: Word<'stalled'> = {
  word: 'stalled',
  means: 'A transfer began and stopped short, with the connection still open.',
  when: ({ transfer, timedOut, ending }) => transfer !== null && !transfer.complete && timedOut && ending !== 'rst',
  explain: it =>
    `a transfer from ${target(it)} to ${it.from} stopped after ${it.facts.transfer?.bytes} of ${it.facts.transfer?.of ?? 'an unknown number of'} bytes, with the connection open: ${it.between} no longer passes it on`,
  advise: () =>
    'look for buffers and limits of the box: nginx `proxy_buffering`, `proxy_max_temp_file_size`, HAProxy `timeout server`; and for an MTU smaller than the packets (nftables: `tcp flags syn tcp option maxseg size set rt mtu`)',
}
