import type { Trouble } from '../trouble.ts'
import { html } from './html.ts'
import { type Frame, page } from './layout.ts'

interface TroublePage extends Frame {
  trouble: Trouble
  /** Where trying again leads. */
  retry: string
}

export const troublePage = ({ trouble: { title, facts, hint }, retry, ...frame }: TroublePage): string =>
  page(
    frame,
    title,
    html`<section class="card">
<h1>${title}</h1>
<dl class="facts">
${facts.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}
</dl>
<p>${hint}</p>
<p class="hint"><code>ksc-lab verify TOPOLOGY --flow 9</code> shows what both ends saw of it.</p>
<p><a class="button" href="${retry}">Try again</a></p>
</section>`,
  )
