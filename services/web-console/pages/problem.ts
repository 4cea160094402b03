import { html } from './html.ts'
import { page } from './layout.ts'

interface ProblemPage {
  server: string
  title: string
  sentence: string
}

export const problemPage = ({ server, title, sentence }: ProblemPage): string =>
  page(
    { server },
    title,
    html`<section class="card">
<h1>${title}</h1>
<p>${sentence}</p>
<p><a href="/">To the devices</a></p>
</section>`,
  )
