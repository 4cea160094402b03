import { html } from './html.ts'
import { type Frame, page } from './layout.ts'

interface LoginPage extends Omit<Frame, 'user'> {
  /** What was typed before. */
  user?: string
  error?: string
  notice?: string | null
}

export const loginPage = ({ server, user = '', error, notice = null }: LoginPage): string =>
  page(
    { server },
    'Log in',
    html`<form class="card login" method="post" action="/login">
<h1>Log in</h1>
${notice === null ? null : html`<p class="notice" role="status">${notice}</p>`}
${error === undefined ? null : html`<p class="trouble" id="error" role="alert">${error}</p>`}
<label for="user">Name</label>
<input id="user" name="user" value="${user}" autocomplete="username" autocapitalize="none" spellcheck="false" required
 ${error === undefined ? null : html`aria-describedby="error"`} ${user === '' ? html`autofocus` : null}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 ${user === '' ? null : html`autofocus`}>
<button>Log in</button>
<p class="hint">The lab made an administrator account when it started, and printed its name and password.</p>
</form>`,
  )
